import type { Program } from "../autodiff/mod.ts";

/** What is known of one kind of network: its program, or that there is none. */
interface Kind {
  program: Program | null | undefined;
  users: number;
}

/** A predictor's share in the program of its kind of network. */
export interface ProgramShare {
  /** The program; null where there cannot be one, undefined where nobody has made it yet. */
  program: Program | null | undefined;
  /** Gives the share back; the last one frees the program. */
  leave(): void;
}

/** Programs of kinds of networks, each in memory once, whoever's weights it is run with. */
export interface Programs {
  share(kind: string): ProgramShare;
}

/** Makes the memory of programs; a program lives as long as somebody has a share in it. */
export function createPrograms(): Programs {
  const kinds = new Map<string, Kind>();
  return {
    share(name) {
      const kind = kinds.get(name) ?? { program: undefined, users: 0 };
      kinds.set(name, kind);
      kind.users++;
      let left = false;
      return {
        get program() {
          return kind.program;
        },
        set program(made) {
          kind.program = made;
        },
        leave() {
          if (left) return;
          left = true;
          if (--kind.users > 0) return;
          kinds.delete(name);
          kind.program?.dispose();
          kind.program = null;
        },
      };
    },
  };
}
