// The rules of the show, as the server keeps them (show/state.py): a page follows them
// at once, and alone where it has no server. No DOM, no clock: one table of cases,
// tests/stage/show/cases.json, holds for both.
// @ts-check
"use strict";

const rules = (() => {
  /** A show that has not begun. @type {Show} */
  const BEGIN = {
    live: false,
    slide: 1,
    step: 0,
    begun: null,
    paused: null,
    runs: {},
    next_id: 1,
    black: null,
  };
  const BOUNCE = 0.4; // seconds in which a key that is pressed again was not meant

  /** The show after a command; one that makes no sense changes nothing. While the
   * screens are black, any command of a key brings them back and does nothing else; to
   * go elsewhere leaves them black.
   * @param {Show} show @param {Slide[]} deck @param {Role} role
   * @param {Command} command @param {number} now seconds
   * @returns {Show} */
  function apply(show, deck, role, command, now) {
    if (role !== "speaker" || command.do === "overflow") return show;
    if (command.do === "pause") return pause(show, now);
    if (show.black !== null && command.do !== "go" && command.do !== "reset")
      return bounces(show.black, now) ? show : { ...show, black: null };
    const { steps, demo } = deck[show.slide - 1];
    const here = command.slide === show.slide;
    const seen = here && command.step === show.step;
    switch (command.do) {
      case "next":
        return seen ? next(show, deck, now) : show;
      case "back":
        return seen ? back(show, deck, now) : show;
      case "go":
        if (!(1 <= command.slide && command.slide <= deck.length)) return show;
        return go(show, deck, command.slide, command.step, now);
      case "run":
        if (!here || !demo || show.runs[demo]?.state === "running") return show;
        return start(show, steps, demo, "running", now);
      case "frame":
        return here && demo ? start(show, steps, demo, "frame", now) : show;
      case "replay":
        return here && demo ? start(show, steps, demo, "recording", now) : show;
      case "stop":
        return stop(show, command.run, now);
      case "black":
        return { ...show, black: now };
      case "reset": {
        const { live, next_id } = show;
        return { ...BEGIN, live, next_id };
      }
    }
    return show;
  }

  /** The show without its server: a recording goes on for what was running.
   * @param {Show} show @param {number} now @returns {Show} */
  function lost(show, now) {
    const taken = change(show, (run) =>
      run.state === "running"
        ? { ...run, state: "recording", changed: now, why: "no server" }
        : run,
    );
    return { ...taken, live: false };
  }

  /** @param {Show} show @param {Slide[]} deck @param {number} now */
  function next(show, deck, now) {
    const { steps, demo } = deck[show.slide - 1];
    show = { ...show, begun: show.begun ?? now };
    if (show.step < steps) return { ...show, step: show.step + 1 };
    if (show.step === steps && demo) return start(show, steps, demo, "running", now);
    const run = demo ? show.runs[demo] : undefined;
    if (run && run.state !== "frame" && bounces(run.started, now)) return show;
    if (show.slide < deck.length) return go(show, deck, show.slide + 1, 0, now);
    return show;
  }

  /** The show with its clock halted, or going on; one that has begun.
   * @param {Show} show @param {number} now @returns {Show} */
  function pause(show, now) {
    const { begun, paused } = show;
    if (begun === null) return show;
    if (paused === null) return { ...show, paused: now };
    return { ...show, begun: begun + now - paused, paused: null };
  }

  /** Whether a key is pressed again so soon that it was not meant.
   * @param {number} pressed @param {number} now */
  function bounces(pressed, now) {
    const after = now - pressed; // a clock may be set back meanwhile
    return 0 <= after && after < BOUNCE;
  }

  /** @param {Show} show @param {Slide[]} deck @param {number} now */
  function back(show, deck, now) {
    if (show.step > 0) return go(show, deck, show.slide, show.step - 1, now);
    if (show.slide === 1) return show;
    const last = lastStep(show, deck, show.slide - 1);
    return go(show, deck, show.slide - 1, last, now);
  }

  /** The show with the last frame of a demo's recording, if that plays.
   * @param {Show} show @param {string | null} demo @param {number} now
   * @returns {Show} */
  function atLastFrame(show, demo, now) {
    if (!demo || !show.runs[demo]) return show;
    const run = show.runs[demo];
    const plays = !show.live || run.state === "recording" || run.state === "failed";
    if (!plays || run.halted) return show;
    const runs = { ...show.runs, [demo]: { ...run, state: "frame", changed: now } };
    return { ...show, runs: /** @type {Show["runs"]} */ (runs) };
  }

  /** Go to a slide, or to a step of it that there is; a demo left behind stops. Who
   * comes from behind sees no recording play on.
   * @param {Show} show @param {Slide[]} deck @param {number} slide
   * @param {number} step @param {number} now */
  function go(show, deck, slide, step, now) {
    step = Math.max(0, Math.min(step, lastStep(show, deck, slide)));
    if (slide !== show.slide || step <= deck[slide - 1].steps)
      show = stopRunning(show, now);
    if (slide < show.slide) show = atLastFrame(show, deck[slide - 1].demo, now);
    return { ...show, slide, step };
  }

  /** The last step of a slide; that of its demo is there once it has run.
   * @param {Show} show @param {Slide[]} deck @param {number} slide */
  function lastStep(show, deck, slide) {
    const { steps, demo } = deck[slide - 1];
    return demo && show.runs[demo] ? steps + 1 : steps;
  }

  /** @param {Show} show @param {number} steps @param {string} demo
   * @param {"running" | "recording" | "frame"} state @param {number} now
   * @returns {Show} */
  function start(show, steps, demo, state, now) {
    /** @type {Run} */
    const run = {
      id: show.next_id,
      state: state === "running" && !show.live ? "recording" : state,
      started: now,
      changed: now,
      halted: false,
      why: "",
      said: "",
    };
    const runs = { ...show.runs, [demo]: run };
    return { ...show, step: steps + 1, runs, next_id: show.next_id + 1 };
  }

  /** @param {Show} show @param {number} id @param {number} now */
  function stop(show, id, now) {
    const played = new Set(["recording", "failed"]);
    const halted = change(show, (run) =>
      run.id === id && played.has(run.state) && !run.halted
        ? { ...run, halted: true, changed: now }
        : run,
    );
    return end(halted, id, "stopped", now);
  }

  /** @param {Show} show @param {number} now */
  const stopRunning = (show, now) =>
    Object.values(show.runs).reduce(
      (each, run) => end(each, run.id, "stopped", now),
      show,
    );

  /** End a run that is running; one that is over stays as it was.
   * @param {Show} show @param {number} id @param {"done" | "failed" | "stopped"} state
   * @param {number} now */
  const end = (show, id, state, now) =>
    change(show, (run) =>
      run.id === id && run.state === "running" ? { ...run, state, changed: now } : run,
    );

  /** @param {Show} show @param {(run: Run) => Run} to @returns {Show} */
  const change = (show, to) => ({
    ...show,
    runs: Object.fromEntries(
      Object.entries(show.runs).map(([demo, run]) => [demo, to(run)]),
    ),
  });

  return { BEGIN, apply, lost };
})();
