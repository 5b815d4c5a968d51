// What the page's scripts find when they start: the player, and talk.js of the build.

interface Player {
  pause(): void;
  dispose(): void;
}

declare const AsciinemaPlayer: {
  create(source: object, element: HTMLElement, options: object): Player;
};

/** The slides that hold more than they have room for, see deck/overflow.js; only where
 * there is a server to be told. */
declare const overflowing: () => [slide: number, text: string, pixels: number][];

declare const TALK: {
  slides: Slide[];
  /** By demo: what to look for, if its docstring says it (of a run without flags). */
  looks: Record<string, string>;
  sections: { title: string; minutes: number; slides: number }[];
  /** By demo: when it was recorded (seconds since the epoch), how many seconds it took,
   * and the packed cast. */
  recordings: Record<string, { recorded: number; seconds: number; gzip: string }>;
};
