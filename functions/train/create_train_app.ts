import type { Context, Hono } from "hono";
import {
  type AppDeps,
  type AppEnv,
  checkedName,
  createBaseApp,
  parseFields,
  ProblemError,
  readJson,
} from "../../lib/http/mod.ts";
import { loadModelCard, promote } from "../../lib/storage/mod.ts";
import { isFinished, listRuns, loadRun, type RunState, saveRun, type UnreadableRun } from "./_run_state.ts";
import { streamRun } from "./_stream_run.ts";
import { visibleModels } from "./_visible_models.ts";
import type { RunQueue } from "./create_run_queue.ts";
import { resolveConfig } from "./resolve_config.ts";
import { TRAIN_ROUTES } from "./routes.ts";
import { aliasBodySchema, runBodySchema } from "./schema.ts";

/** What the train function needs. */
export interface TrainDeps extends AppDeps {
  /** Runs what is posted; made with the same store. */
  readonly queue: RunQueue;
  /** Name that a run publishes under when the request names none. */
  readonly model: string;
  /** Folder of the data sets that configurations name; null: there is none. */
  readonly dataFolder: string | null;
  /** Told after an alias moved, so that a cache in the same process lets go at once. */
  onPromoted?(tenant: string, model: string): void;
}

/**
 * Makes the train function: runs and models.
 *
 * `POST` and `GET /v1/train/runs`, `GET /v1/train/runs/{id}`, `GET …/events`, `POST …/cancel`, `GET /v1/models`,
 * `GET /v1/models/{name}`, `PUT /v1/models/{name}/aliases/{alias}`. The body of a run is the configuration;
 * `?model=NAME` names what it publishes.
 *
 * @param deps Store, queue, clock, log.
 * @returns The app.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { memoryStore } from "../../lib/storage/mod.ts";
 * import { createTrainApp, type TrainDeps } from "./mod.ts";
 * const queue = {} as TrainDeps["queue"];
 * const base = { store: memoryStore(), now: () => 0, newId: () => "id", log: () => {} };
 * const app = createTrainApp({ ...base, queue, model: "main", dataFolder: null });
 * assertEquals(await (await app.request("/v1/models")).json(), { models: [] });
 * ```
 */
export function createTrainApp(deps: TrainDeps): Hono<AppEnv> {
  const { store, queue } = deps;
  const app = createBaseApp(deps, {
    scope: "train",
    routes: TRAIN_ROUTES,
    async ready() {
      await store.list("tenants/default/runs/-/");
      return null;
    },
  });

  /** A run with what this process knows beyond the store. */
  function withProgress(tenant: string, run: RunState) {
    const progress = isFinished(run) ? null : queue.events(tenant, run.id)?.progress ?? null;
    return { ...run, progress };
  }

  async function findRun(c: Context<AppEnv>): Promise<RunState> {
    const id = checkedName("id", c.req.param("id") ?? "");
    const run = await loadRun(store, c.get("tenant"), id);
    if (run === null) throw new ProblemError(404, "There is no run of this id");
    if (run.status === "unreadable") {
      logUnreadable(run);
      throw new ProblemError(500, `The state of run ${id} in the store cannot be read; the log has the details`);
    }
    return run;
  }

  function logUnreadable({ id, error }: UnreadableRun): void {
    deps.log({ level: "error", message: "run state cannot be read", run: id, error });
  }

  app.post("/v1/train/runs", async (c) => {
    const tenant = c.get("tenant");
    const model = checkedName("model", c.req.query("model") ?? deps.model);
    const config = parseFields(runBodySchema, await readJson(c));
    // Refused here, not when its turn comes.
    await resolveConfig(config, deps.dataFolder);
    const id = deps.newId();
    const run: RunState = {
      id,
      status: "queued",
      model,
      config,
      createdAt: new Date(deps.now()).toISOString(),
      startedAt: null,
      finishedAt: null,
      result: null,
      error: null,
    };
    await saveRun(store, tenant, run);
    queue.submit(tenant, run);
    return c.json(withProgress(tenant, run), 202, { Location: `/v1/train/runs/${id}` });
  });

  app.get("/v1/train/runs", async (c) => {
    const tenant = c.get("tenant");
    const runs = (await listRuns(store, tenant)).map((run) => {
      if (run.status !== "unreadable") return withProgress(tenant, run);
      logUnreadable(run);
      // Why is for the log: it may hold what stands in a damaged object.
      return { id: run.id, status: run.status };
    });
    return c.json({ runs });
  });

  app.get("/v1/train/runs/:id", async (c) => c.json(withProgress(c.get("tenant"), await findRun(c))));

  app.get("/v1/train/runs/:id/events", async (c) => {
    const run = await findRun(c);
    return streamRun(c, run, queue.events(c.get("tenant"), run.id));
  });

  app.post("/v1/train/runs/:id/cancel", async (c) => {
    const tenant = c.get("tenant");
    const run = await findRun(c);
    const refuse = (why: string) => new ProblemError(409, `Cannot cancel the run: it is ${why}`);
    if (isFinished(run)) throw refuse(`${run.status} already`);
    if (!await queue.cancel(tenant, run.id)) throw refuse("not in this process");
    const after = await findRun(c);
    // It may have come to its end just before.
    if (after.status !== "cancelled") throw refuse(`${after.status} already`);
    return c.json(withProgress(tenant, after));
  });

  app.get("/v1/models", async (c) => c.json({ models: await visibleModels(deps, c.get("tenant")) }));

  app.get("/v1/models/:name", async (c) => {
    const tenant = c.get("tenant");
    const name = checkedName("name", c.req.param("name"));
    const model = (await visibleModels(deps, tenant)).find((entry) => entry.name === name);
    if (model === undefined) throw new ProblemError(404, "There is no model of this name");
    const owner = model.shared ? deps.shared!.get(name)! : tenant;
    const cards = await Promise.all(
      model.versions.map((version) => loadModelCard(store, owner, name, { version })),
    );
    const versions = model.shared
      ? cards.map(({ version, classes, recipe, parameters, bytes }) => ({
        version,
        classes,
        recipe,
        parameters,
        bytes,
      }))
      : cards;
    return c.json({ ...model, versions });
  });

  app.put("/v1/models/:name/aliases/:alias", async (c) => {
    const name = checkedName("name", c.req.param("name"));
    const alias = checkedName("alias", c.req.param("alias"));
    const { version } = parseFields(aliasBodySchema, await readJson(c));
    try {
      await promote(store, c.get("tenant"), name, alias, version);
    } catch (error) {
      // A model that cannot be served, for instance a recipe that this code does not know.
      if (error instanceof SyntaxError) throw new ProblemError(422, `Cannot promote: ${error.message}`);
      throw error;
    }
    deps.onPromoted?.(c.get("tenant"), name);
    return c.json({ name, alias, version });
  });
  return app;
}
