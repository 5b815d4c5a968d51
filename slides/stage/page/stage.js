// Draws the show that link.js tells of: the slide on view, and over the picture of a
// recording a terminal; and takes what is done by hand: click, wheel and touch.
// @ts-check
"use strict";

(() => {
  const view = document.body.dataset.bespokeView ?? "";
  if (view !== "" && !link.isPreview) return; // the overview inside another window

  const PRESENTER = "popup,width=1280,height=800"; // its window
  const SVG = "http://www.w3.org/2000/svg";
  // px, as in the picture of a recording: of a cell, of letters, where the cells begin.
  const FONT = { width: 15.4, line: 28, size: 25.025, left: 40 };
  const REST = 250; // ms between two turns of a wheel
  const SWIPE = 30; // px that a finger moves, or it was a tap
  const READ = 4000; // ms in which a line is read
  const LAST = 999; // a step that is not there is the last one
  const KEY = matchMedia("(pointer: coarse)").matches ? "tap" : "→";
  /** @type {[string, () => void][]} */
  const CLICKS = [
    ['[data-bespoke-marp-osc="next"]', () => ask("next")],
    ['[data-bespoke-marp-osc="prev"]', () => ask("back")],
    ['[data-bespoke-marp-osc="presenter"]', openPresenter],
    ["svg.terminal", () => ask("run")],
    [".stage-black", () => ask("black")],
  ];

  const { ask, isReplay, now, onView, played, taken } = link;
  const deck = TALK.slides;
  const slides = [...document.querySelectorAll("svg.bespoke-marp-slide")];

  /** @type {Show} */
  let show;
  /** @type {boolean} */
  let settled; // the server has heard all that was asked for
  let isServed = false; // there is a server now
  /** @typedef {{demo: string, line: string, over: Element, label: HTMLElement,
   *   screen: HTMLElement, before: HTMLElement, player: Player | null, shown: string,
   *   recorded: boolean}} Terminal */
  /** @type {Terminal | null} */
  let mounted = null; // the terminal on the slide on view
  let drawn = 0; // the slide that it was mounted for
  let refused = -Infinity; // when something was asked for that may not be
  let overflowTold = false;
  let turned = -Infinity; // when the wheel was, last
  /** @type {{x: number, y: number} | null} */
  let touched = null;
  let selected = false; // whether text was, when the pointer came down

  /** @param {News} news */
  function hear(news) {
    ({ show, settled, isServed } = news);
    failure.textContent = news.error;
    failure.hidden = !news.error;
    if (news.refused) refused = performance.now();
    render();
    if (overflowTold || !isServed || news.role !== "speaker") return;
    overflowTold = true;
    document.fonts.ready.then(tellOverflow);
  }

  // The terminal of the show says which slides are cut off.
  function tellOverflow() {
    if (!isServed) return;
    for (const [slide, , pixels] of overflowing(document))
      ask("overflow", { slide, step: pixels });
  }

  // --- the slide on view -----------------------------------------------------------

  /** Where marp's page stands: its slide, and how many steps of its code are lit. */
  function onPage() {
    const active = document.querySelector("svg.bespoke-marp-slide.bespoke-marp-active");
    const lit = active?.querySelectorAll('[data-bespoke-marp-fragment="active"]');
    return { slide: active ? slides.indexOf(active) + 1 : 1, step: lit?.length ?? 0 };
  }

  // Marp's page follows its own address: ?f=STEP#SLIDE. The browser's "back" goes back
  // to the slide before.
  function follow() {
    if (link.isAt(onPage())) return;
    const { slide, step } = link.standing(show);
    const address = new URL(location.href);
    const isBefore = drawn !== 0 && !link.isPreview && address.hash !== `#${slide}`;
    address.hash = `${slide}`;
    if (step) address.searchParams.set("f", `${step}`);
    else address.searchParams.delete("f");
    if (isBefore) history.pushState(history.state, "", address);
    else history.replaceState(history.state, "", address);
    window.dispatchEvent(new PopStateEvent("popstate"));
  }

  // The browser has gone to another address: one of before, or one that was typed.
  /** @param {Event} event */
  function onAddress(event) {
    const slide = Number(location.hash.slice(1));
    if (!show || !deck[slide - 1]) return; // it is marp's to know
    event.preventDefault();
    if (slide !== show.slide) ask("go", { slide, step: slide < show.slide ? LAST : 0 });
  }

  // Marp has moved by itself: by Home, a swipe, the overview, the address.
  function onMarpMoved() {
    if (show && !link.isAt(onPage())) ask("go", onPage());
  }

  // --- a terminal on a slide -------------------------------------------------------

  /** @param {SVGElement} picture @returns {Terminal} */
  function mount(picture) {
    const over = document.createElementNS(SVG, "foreignObject");
    over.setAttribute("width", "100%");
    over.setAttribute("height", "100%");
    const terminal = document.createElement("div");
    const bar = document.createElement("div");
    const command = document.createElement("span");
    const label = document.createElement("span");
    const screen = document.createElement("div");
    const demo = picture.dataset.demo ?? "";
    const line = picture.getAttribute("aria-label") ?? "";
    const before = introduce(line, TALK.looks[demo]);
    terminal.className = "stage-terminal";
    bar.className = "stage-bar";
    screen.className = "stage-screen";
    command.className = "command";
    command.textContent = `$ ${line}`;
    bar.append(command, label);
    terminal.append(bar, screen, before);
    over.append(terminal);
    picture.append(over);
    picture.setAttribute("role", "group"); // of a picture, no text is read
    const none = { player: null, shown: "", recorded: false };
    return { demo, line, over, label, screen, before, ...none };
  }

  /** What is seen before the run. @param {string} command
   * @param {string | undefined} look what to look for */
  function introduce(command, look) {
    const before = document.createElement("div");
    const run = document.createElement("div");
    before.className = "stage-before";
    run.className = "run";
    run.textContent = command;
    before.append(run);
    if (look) {
      const [text, title] = [document.createElement("p"), document.createElement("b")];
      title.textContent = "Look for: ";
      text.append(title, look);
      before.append(text);
    }
    return before;
  }

  /** @param {Terminal} terminal @param {Run} run */
  function play(terminal, run) {
    const replayed = isReplay(run);
    const shown = `${replayed} ${run.id}`;
    const back = terminal.recorded && !replayed && show.live; // the server is there again
    if (terminal.shown !== shown || back) {
      // A run that gives way to its recording does so softly.
      if (replayed && terminal.shown === `false ${run.id}`) fade(terminal.screen);
      clear(terminal);
      const recorded = replayed || !show.live; // a run of a server that is gone
      const recording = TALK.recordings[terminal.demo];
      if (recorded && !recording) return; // a demo that nobody has recorded yet
      Object.assign(terminal, { shown, recorded });
      const url = `ws://${location.host}/runs/${run.id}`;
      const source = recorded
        ? { data: unpack(recording.gzip) }
        : { driver: "websocket", url, bufferTime: 0 }; // it comes in whole frames
      terminal.player = AsciinemaPlayer.create(source, terminal.screen, {
        autoPlay: true,
        controls: false,
        cursorMode: "hidden",
        fit: "none",
        // A recording begins where the run stood, or stands where it was halted.
        startAt: recorded ? played(run) : 0,
        terminalFontFamily: '"Fira Code", monospace',
        terminalFontSize: `${FONT.size}px`,
        terminalLineHeight: FONT.line / FONT.size,
        theme: "asyncio-live",
      });
      // Its text can be selected, but keys are for the deck, never for the player.
      for (const each of terminal.screen.querySelectorAll("[tabindex]"))
        each.removeAttribute("tabindex");
    }
    if (replayed && run.halted) terminal.player?.pause();
  }

  /** Let what is on a screen fade away over what takes its place.
   * @param {HTMLElement} screen */
  function fade(screen) {
    const still = /** @type {HTMLElement} */ (screen.cloneNode(true));
    const canvases = screen.querySelectorAll("canvas");
    for (const [index, copy] of still.querySelectorAll("canvas").entries())
      copy.getContext("2d")?.drawImage(canvases[index], 0, 0);
    still.className = "stage-leaving";
    still.inert = true;
    screen.after(still);
    const ends = still.getAnimations().map((each) => each.finished);
    Promise.allSettled(ends).then(() => still.remove());
  }

  /** @param {Terminal} terminal */
  function clear(terminal) {
    terminal.player?.dispose();
    Object.assign(terminal, { player: null, shown: "", recorded: false });
  }

  /** @param {string} gzip */
  function unpack(gzip) {
    const bytes = Uint8Array.from(atob(gzip), (each) => each.charCodeAt(0));
    const text = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(text).text();
  }

  /** @param {Terminal} terminal @param {Run} run */
  const isLive = ({ recorded }, run) =>
    !recorded && run.state !== "frame" && !isReplay(run);

  /** @param {Terminal} terminal @param {Run | undefined} run */
  function describe(terminal, run) {
    const recording = TALK.recordings[terminal.demo];
    if (!run) {
      const does = `${KEY} ${show.live ? "runs" : "plays"} it`;
      return recording ? `${does} · about ${Math.ceil(recording.seconds)} s` : does;
    }
    if (isLive(terminal, run))
      return `${run.state === "stopped" ? "STOPPED" : "LIVE"} ${taken(run)}`;
    const why = run.halted ? "stopped" : run.why;
    if (!recording) return why ? `${why} · no recording` : "no recording";
    const day = new Date(recording.recorded * 1000);
    const label = `REC ${day.toISOString().slice(0, 10)}`;
    return why ? `${label} · ${why}` : label;
  }

  /** What is told of a run to who cannot see it: start, end and fall-back.
   * @param {Terminal} terminal @param {Run | undefined} run */
  function announce(terminal, run) {
    const { line, demo } = terminal;
    if (!run) return "";
    if (isLive(terminal, run)) {
      if (run.state === "done") return ended(line, run.said);
      return `${line} ${run.state === "stopped" ? "stopped" : "runs"}`;
    }
    const recording = TALK.recordings[demo];
    if (!recording) return `${line}: ${describe(terminal, run)}`;
    const begun = `${line}: recording shown${run.why && `, ${run.why}`}`;
    if (run.halted) return `${begun}. It stopped`;
    const isOver = run.state === "frame" || played(run) >= recording.seconds;
    return isOver ? `${begun}. ${ended("It", recording.lesson)}` : begun;
  }

  /** @param {string} what @param {string} lesson */
  const ended = (what, lesson) => (lesson ? `${what} ended: ${lesson}` : `${what} ended`);

  // --- what is seen ----------------------------------------------------------------

  function render() {
    follow();
    if (drawn !== show.slide) {
      if (mounted) clear(mounted);
      mounted?.over.remove();
      const here = slides[show.slide - 1];
      const picture = here?.querySelector("svg.terminal[data-demo]");
      mounted = picture instanceof SVGElement ? mount(picture) : null;
      drawn = show.slide;
    }
    if (mounted) draw(mounted, onView(show));
    black.hidden = show.black === null || link.isPreview; // its speaker still sees
    tick();
  }

  /** @param {Terminal} terminal @param {Run | undefined} run */
  function draw(terminal, run) {
    const isFrame = run?.state === "frame";
    terminal.before.hidden = run !== undefined;
    // The picture of a recording, which lies below, is its last frame.
    terminal.over.classList.toggle("stage-clear", isFrame);
    if (!run || isFrame) clear(terminal);
    // A run has an address once the server has made it.
    else if (settled) play(terminal, run);
  }

  function tick() {
    const run = onView(show);
    if (mounted) {
      const text = describe(mounted, run);
      write(mounted.label, text, text.split(" ")[0]);
    }
    write(status, mounted ? announce(mounted, run) : "", "stage-status");
    const isRefused = performance.now() - refused < READ;
    const only = isRefused ? link.ONLY_LOOKS : "";
    write(hint, keys.typed || only, "stage-hint");
  }

  /** Say it only if it is new: to draw the page again takes cores from the demo.
   * @param {Element} element @param {string} text @param {string} name */
  function write(element, text, name) {
    if (element.textContent !== text) element.textContent = text;
    if (element.className !== name) element.className = name;
  }

  // --- other windows -----------------------------------------------------------------

  /** @type {Window | null} */
  let presenter = null;

  // Opened once: by its name also when this window has been loaded anew.
  function openPresenter() {
    if (presenter && !presenter.closed) return presenter.focus();
    const address = `presenter.html?sync=${link.together}`;
    presenter = window.open(address, `presenter ${link.together}`, PRESENTER);
  }

  function openOverview() {
    /** @type {HTMLElement | null} */
    const button = document.querySelector('[data-bespoke-marp-osc="overview"]');
    button?.click();
    document.querySelector("iframe:not([title])")?.setAttribute("title", "All slides");
  }

  // --- click, wheel and touch --------------------------------------------------------

  /** Keep an event from marp, which would move its page, too. @param {Event} event */
  function keep(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /** Whether text is selected. */
  const isSelecting = () => getSelection()?.type === "Range";

  /** @param {PointerEvent} event */
  function onPointer({ type, pointerType, movementX, movementY }) {
    if (type === "pointerdown") selected = isSelecting();
    // A browser makes a move of its own, by nothing, as it draws a page.
    const isMoved = type === "pointerdown" || movementX || movementY;
    if (isMoved && pointerType === "mouse") showBar(true);
  }

  // Marp's control bar lies over text: by touch, a tap beside a terminal brings it.
  /** @param {boolean} isShown */
  const showBar = (isShown) => document.body.classList.toggle("stage-pointed", isShown);

  /** Whether there is text to select under a mouse. @param {Element} target
   * @param {number} x of the mouse */
  function isText(target, x) {
    if (target.closest(".stage-before .run, text")) return true;
    const line = target.closest(".ap-line"); // blanks fill it up
    const text = line?.textContent;
    if (!line || !text) return false;
    const { left, width } = line.getBoundingClientRect();
    return x < left + (width * text.trimEnd().length) / text.length;
  }

  /** @param {PointerEvent} event */
  function onClick(event) {
    const { target, shiftKey, pointerType, clientX } = event;
    if (!(target instanceof Element) || shiftKey) return;
    if (pointerType !== "mouse" && !target.closest("svg.terminal")) showBar(true);
    for (const [selector, does] of CLICKS) {
      const found = target.closest(selector);
      if (!found) continue;
      keep(event);
      // By hand: the next Space is a clicker's.
      if (event.detail && found instanceof HTMLElement) found.blur();
      // Text is selected, or was: by a mouse, wherever there is some.
      const isReading = pointerType === "mouse" && isText(target, clientX);
      if (selector === "svg.terminal" && (isReading || selected || isSelecting())) return;
      return does();
    }
  }

  // The lines of a terminal lie where they belong, but without a break between them.
  /** @param {ClipboardEvent} event */
  function onCopy(event) {
    const selection = getSelection();
    if (selection?.type !== "Range") return;
    const range = selection.getRangeAt(0);
    const within = range.commonAncestorContainer;
    const terminal = within instanceof Element && within.closest("svg.terminal");
    if (!terminal) return;
    const part = range.cloneContents();
    const lines = [...part.querySelectorAll(".ap-line")].map((each) => each.textContent);
    const text = lines.length ? lines : drawnLines(part);
    event.clipboardData?.setData("text/plain", text.map((each) => each?.trimEnd()).join("\n"));
    event.preventDefault();
  }

  /** The lines of the picture of a recording: its texts, each in its column.
   * @param {DocumentFragment} part */
  function drawnLines(part) {
    /** @type {Map<string | null, string>} */
    const lines = new Map();
    for (const text of part.querySelectorAll("text")) {
      const [x, y] = [Number(text.getAttribute("x")), text.getAttribute("y")];
      const column = Math.round((x - FONT.left) / FONT.width);
      lines.set(y, (lines.get(y) ?? "").padEnd(column) + text.textContent);
    }
    return [...lines.values()];
  }

  /** Whether somebody has enlarged the page by hand, to read, and moves it. */
  const isEnlarged = () => (window.visualViewport?.scale ?? 1) > 1;

  /** @param {Event} event */
  const isOnDeck = ({ target }) =>
    target instanceof Element && target.closest(".bespoke-marp-parent, .stage-black");

  /** Whether something on a slide scrolls by itself. @param {EventTarget | null} target */
  function scrolls(target) {
    for (let each = target; each instanceof Element; each = each.parentElement) {
      const [high, wide] = [each.scrollHeight, each.scrollWidth];
      const isCut = high > each.clientHeight || wide > each.clientWidth;
      if (isCut && /auto|scroll/.test(getComputedStyle(each).overflow)) return true;
    }
    return false;
  }

  // A turn of the wheel, or a stroke on a touchpad and what follows of it, is one step.
  /** @param {WheelEvent} event */
  function onWheel(event) {
    if (!isOnDeck(event)) return;
    const moves = event.ctrlKey || isEnlarged() || scrolls(event.target);
    if (moves) return event.stopImmediatePropagation();
    keep(event);
    const { deltaX, deltaY, timeStamp } = event;
    const size = Math.hypot(deltaX, deltaY);
    if (event.deltaMode === WheelEvent.DOM_DELTA_PIXEL && size < 4) return;
    const isNew = timeStamp - turned > REST;
    turned = timeStamp;
    if (isNew) ask(deltaX + deltaY > 0 ? "next" : "back");
  }

  /** @param {TouchEvent} event */
  function onTouchStart(event) {
    const [{ clientX, clientY }] = event.touches;
    const isOne = event.touches.length === 1 && isOnDeck(event);
    touched = isOne ? { x: clientX, y: clientY } : null;
  }

  /** @param {TouchEvent} event */
  function onTouchEnd(event) {
    if (!touched) return;
    const [{ clientX, clientY }] = event.changedTouches;
    const [right, down] = [clientX - touched.x, clientY - touched.y];
    touched = null;
    if (Math.hypot(right, down) < SWIPE) return;
    if (isEnlarged()) return event.stopImmediatePropagation();
    keep(event);
    showBar(false);
    ask((Math.abs(right) > Math.abs(down) ? right : down) < 0 ? "next" : "back");
  }

  // --- begin -----------------------------------------------------------------------

  const failure = document.createElement("div");
  failure.className = "stage-failure";
  const hint = document.createElement("div"); // the slide to go to, as it is typed
  const black = document.createElement("div");
  black.className = "stage-black";
  for (const each of [failure, black]) each.hidden = true;
  const status = document.createElement("div"); // of the demo, to be heard
  document.body.append(failure, hint, black);
  if (!link.isPreview) {
    failure.setAttribute("role", "alert");
    for (const each of [hint, status]) each.setAttribute("role", "status");
    document.body.append(status);
  }
  link.follow(onPage, hear);
  setInterval(tick, 200);
  if (link.isPreview) return; // it is inert
  const changes = new MutationObserver(onMarpMoved);
  const steps = document.querySelectorAll("[data-marpit-fragment]");
  const attributeFilter = ["class", "data-bespoke-marp-fragment"];
  for (const each of [...slides, ...steps]) changes.observe(each, { attributeFilter });
  // Marp hides its control bar from those who hear a page, whenever it is not seen.
  const bar = document.querySelector(".bespoke-marp-osc");
  const heard = new MutationObserver(() => bar?.removeAttribute("aria-hidden"));
  if (bar) heard.observe(bar, { attributeFilter: ["aria-hidden"] });
  keys.listen({ p: openPresenter, o: openOverview }, tick);
  window.addEventListener("click", onClick, true);
  window.addEventListener("copy", onCopy);
  window.addEventListener("pointerdown", onPointer, true);
  window.addEventListener("pointermove", onPointer, true);
  window.addEventListener("wheel", onWheel, { capture: true, passive: false });
  window.addEventListener("touchstart", onTouchStart, { capture: true, passive: true });
  window.addEventListener("touchend", onTouchEnd, true);
  window.addEventListener("stage-address", onAddress); // of sync.js
})();
