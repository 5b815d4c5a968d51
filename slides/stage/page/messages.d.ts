// Written by `invoke sync` from show/state.py, where each is explained.

type Role = "speaker" | "viewer";

interface Slide {
  title: string;
  steps: number;
  demo: string | null;
}

interface Run {
  id: number;
  state: "running" | "done" | "stopped" | "failed" | "recording" | "frame";
  started: number;
  changed: number;
  halted: boolean;
  why: "" | "too slow" | "it failed" | "too busy to compare" | "no server";
  said: string;
}

interface Show {
  live: boolean;
  slide: number;
  step: number;
  begun: number | null;
  paused: number | null;
  runs: Record<string, Run>;
  next_id: number;
  black: number | null;
}

interface Command {
  do: "next" | "back" | "go" | "run" | "frame" | "replay" | "stop" | "black" | "pause" | "reset" | "overflow";
  slide: number;
  step: number;
  run: number;
}

interface Message {
  role: "speaker" | "viewer";
  version: string;
  error: string;
  minutes: number | null;
  now: number;
  heard: number;
  show: Show;
}
