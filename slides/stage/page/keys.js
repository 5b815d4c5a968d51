// What the keys do: the same in the window of the slides and in the presenter's, but for
// what each has of its own.
// @ts-check
"use strict";

const keys = (() => {
  const { ask } = link;
  // What has keys of its own: our list of slides, marp's overview.
  const BUSY = 'dialog[open], .bespoke-marp-overview[data-open="1"]';
  let typed = ""; // digits of the slide to go to
  /** What a key does in this window. @type {Record<string, () => void>} */
  let obeyed = {};
  let after = () => {};

  /** @type {Record<string, () => void>} */
  const SHARED = {
    ArrowRight: () => ask("next"),
    ArrowDown: () => ask("next"),
    PageDown: () => ask("next"),
    Enter: () => ask("next"),
    " ": () => ask("next"),
    ArrowLeft: () => ask("back"),
    ArrowUp: () => ask("back"),
    PageUp: () => ask("back"),
    "Shift+ ": () => ask("back"),
    Home: () => ask("go", { slide: 1, step: 0 }),
    End: () => ask("go", { slide: TALK.slides.length, step: 0 }),
    b: () => ask("black"),
    ".": () => ask("black"),
    r: () => ask("run"),
    s: () => ask("stop", link.show, link.onView(link.show)?.id),
    t: toggleRecording,
    f: () => (document.fullscreenElement ? leaveFullScreen() : fillScreen()),
    F5: fillScreen,
    "Shift+F5": fillScreen, // of some clickers
    Escape: leaveFullScreen,
  };

  // The last frame of the recording, if there is one; where that is seen, alone or at the
  // end of a replay, the recording anew.
  function toggleRecording() {
    const { slide } = link.show;
    const recording = TALK.recordings[TALK.slides[slide - 1].demo ?? ""];
    if (!recording) return;
    const run = link.onView(link.show);
    const isOver = run && link.isReplay(run) && link.played(run) >= recording.seconds;
    ask(run?.state === "frame" || isOver ? "replay" : "frame");
  }

  function fillScreen() {
    if (!document.fullscreenEnabled || document.fullscreenElement) return;
    document.body.requestFullscreen().catch(() => {}); // the browser may refuse
  }

  function leaveFullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
  }

  /** Obey the keys pressed in this window: `own` says what only it does, and `drawn` is
   * told after each key.
   * @param {Record<string, () => void>} own @param {() => void} drawn */
  function listen(own, drawn) {
    obeyed = { ...SHARED, ...own };
    after = drawn;
    window.addEventListener("keydown", onKey, true);
  }

  /** What a key means, in either case; in an alphabet that is not Latin, by its place.
   * @param {KeyboardEvent} event */
  function meaning({ key, code }) {
    if (key <= "\x7f") return key.length > 1 ? key : key.toLowerCase();
    if (code === "Period") return "."; // as a clicker sends it
    const [, place] = /^(?:Key|Digit)(.)$/.exec(code) ?? [];
    return place ? place.toLowerCase() : key;
  }

  /** @param {string} key */
  const isDigit = (key) => /^\d$/.test(key);

  /** What a key does; nothing of ours if it is the browser's, or marp's.
   * @param {string} key @returns {(() => void) | undefined} */
  function action(key) {
    const isBlack = link.show.black !== null;
    if (isBlack && !isDigit(key))
      return key === "Shift" ? undefined : () => ask("black");
    if (isDigit(key))
      return () => {
        typed += key;
        if (isBlack) ask("black");
      };
    if (key === "Enter" && typed) {
      const slide = Number(typed);
      return () => ask("go", { slide, step: 0 });
    }
    return obeyed[key];
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    const { target, shiftKey, repeat } = event;
    const named = meaning(event);
    if (event.altKey || event.ctrlKey || event.metaKey) return keepFromMarp(event, named);
    if (document.querySelector(BUSY)) {
      if (repeat && named === "o") event.stopImmediatePropagation(); // it is no toggle
      return;
    }
    const isShifted = shiftKey && (named.length > 1 || named === " ");
    const key = isShifted && named !== "Shift" ? `Shift+${named}` : named;
    const pressed = { Enter: ", a, button", " ": ", button" }[key] ?? "";
    const inField = `input, textarea, select, [contenteditable="true"]${pressed}`;
    const isTaken = target instanceof Element && target.closest(inField);
    if (isTaken) return;
    if (!press(key, repeat)) return keepFromMarp(event, named);
    event.preventDefault();
    event.stopImmediatePropagation(); // marp would move its page, too
  }

  /** Let no key of ours move marp's page when it is pressed with another.
   * @param {KeyboardEvent} event @param {string} named */
  function keepFromMarp(event, named) {
    if (obeyed[named]) event.stopImmediatePropagation();
  }

  /** Do what a key does; one that repeats does nothing. Whether it is one of ours.
   * @param {string} key */
  function press(key, repeats = false) {
    const act = action(key);
    if (act && !repeats) act();
    if (key !== "Shift" && !isDigit(key)) typed = "";
    after();
    return act !== undefined;
  }

  return {
    listen,
    meaning,
    press,
    /** What the digits that were typed lead to, if there are any. */
    get typed() {
      if (!typed) return "";
      const isThere = 1 <= Number(typed) && Number(typed) <= TALK.slides.length;
      return isThere ? `${typed} ↵` : `no slide ${typed}`;
    },
  };
})();
