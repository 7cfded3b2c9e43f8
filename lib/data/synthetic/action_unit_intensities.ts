import { ACTION_UNITS } from "./action_units.ts";

/**
 * Reads expression coordinates as action-unit intensities.
 *
 * @param coordinates `[6]`, one an axis.
 * @returns Intensity by unit name, every unit of {@linkcode ACTION_UNITS}, 0 for units at rest.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { actionUnitIntensities } from "./mod.ts";
 * const intensities = actionUnitIntensities([-0.5, 0, 0, 0, 0, 0]);
 * assertEquals([intensities.AU4, intensities.AU1], [0.5, 0]);
 * ```
 */
export function actionUnitIntensities(coordinates: readonly number[]): Record<string, number> {
  return Object.fromEntries(
    ACTION_UNITS.map(({ name, axis, end }) => [name, Math.max(0, end * (coordinates[axis] ?? 0))]),
  );
}
