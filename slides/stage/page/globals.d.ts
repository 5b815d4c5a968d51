// What the page's scripts find when they start: the player, and talk.js of the build.

interface Player {
  pause(): void;
  dispose(): void;
}

/** A slide, and a step of its code, from 0. */
interface Place {
  slide: number;
  step: number;
}

/** How the show stands, and what else a window is told of it (see link.js). */
interface News {
  show: Show;
  role: Role;
  /** Whether there is a server now. */
  isServed: boolean;
  /** Whether it has heard all that this window has asked for. */
  settled: boolean;
  minutes: number | null;
  error: string;
  /** Whether this window has just asked for what it may not: it only looks. */
  refused: boolean;
}

/** What the presenter's window tells a preview in it; `now` is the server's time. */
type Preview = Pick<News, "show" | "role" | "settled"> & { now: number };

declare const AsciinemaPlayer: {
  create(source: object, element: HTMLElement, options: object): Player;
};

declare const TALK: {
  slides: Slide[];
  /** By demo: what to look for, if its docstring says it (of a run without flags). */
  looks: Record<string, string>;
  sections: { title: string; minutes: number; slides: number }[];
  /** By demo: when it was recorded (seconds since the epoch), how many seconds it took,
   * what it has shown (empty if it does not say), and the packed cast. */
  recordings: Record<
    string,
    { recorded: number; seconds: number; lesson: string; gzip: string }
  >;
};

/** By slide: its speaker note; empty in a page that is exported without them. */
declare const NOTES: string[];

// Of the Window Management API, which not all browsers have.

interface Screen {
  isExtended?: boolean;
}

interface Window {
  getScreenDetails?(): Promise<{ screens: Placed[]; currentScreen: Placed }>;
}

interface Placed extends Screen {
  availLeft: number;
  availTop: number;
}
