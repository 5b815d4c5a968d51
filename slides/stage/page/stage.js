// Draws the show that link.js tells of: the slide on view, and over the picture of a
// recording a terminal.
// @ts-check
"use strict";

(() => {
  const view = document.body.dataset.bespokeView ?? "";
  if (view !== "" && !link.isPreview) return; // the overview inside another window

  const PRESENTER = "popup,width=1280,height=800"; // its window
  const SVG = "http://www.w3.org/2000/svg";
  const FONT = { line: 28, size: 25.025 }; // px, as in the picture of a recording
  /** @type {Record<string, Command["do"]>} */
  const MOVES = {
    ArrowRight: "next",
    ArrowDown: "next",
    PageDown: "next",
    " ": "next",
    ArrowLeft: "back",
    ArrowUp: "back",
    PageUp: "back",
  };
  const BUTTONS = {
    next: '[data-bespoke-marp-osc="next"]',
    back: '[data-bespoke-marp-osc="prev"]',
  };

  const { ask, now, taken } = link;
  const deck = TALK.slides;
  const slides = [...document.querySelectorAll("svg.bespoke-marp-slide")];

  /** @type {Show} */
  let show;
  /** @type {boolean} */
  let settled; // the server has heard all that was asked for
  /** @typedef {{demo: string, over: Element, label: HTMLElement, screen: HTMLElement,
   *   before: HTMLElement, player: Player | null, shown: string, recorded: boolean}}
   *   Terminal */
  /** @type {Terminal | null} */
  let mounted = null; // the terminal on the slide on view
  let drawn = 0; // the slide that it was mounted for

  /** @param {News} news */
  function hear(news) {
    ({ show, settled } = news);
    failure.textContent = news.error;
    failure.hidden = !news.error;
    render();
  }

  // --- the slide on view -----------------------------------------------------------

  /** Where marp's page stands: its slide, and how many steps of its code are lit. */
  function onPage() {
    const active = document.querySelector("svg.bespoke-marp-slide.bespoke-marp-active");
    const lit = active?.querySelectorAll('[data-bespoke-marp-fragment="active"]');
    return { slide: active ? slides.indexOf(active) + 1 : 1, step: lit?.length ?? 0 };
  }

  // Marp's page follows its own address: ?f=STEP#SLIDE.
  function follow() {
    if (link.isAt(onPage())) return;
    const { slide, step } = link.standing(show);
    const address = new URL(location.href);
    address.hash = `${slide}`;
    if (step) address.searchParams.set("f", `${step}`);
    else address.searchParams.delete("f");
    history.replaceState(history.state, "", address);
    window.dispatchEvent(new PopStateEvent("popstate"));
  }

  // Marp has moved by itself: by Home, a swipe, the overview, the address.
  function onMarpMoved() {
    if (!link.isAt(onPage())) ask("go", onPage());
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
    screen.inert = true; // keys are for the deck, never for the player
    command.className = "command";
    command.textContent = `$ ${line}`;
    bar.append(command, label);
    terminal.append(bar, screen, before);
    over.append(terminal);
    picture.append(over);
    const none = { player: null, shown: "", recorded: false };
    return { demo, over, label, screen, before, ...none };
  }

  /** What is seen before the run. @param {string} command
   * @param {string | undefined} look what to look for */
  function introduce(command, look) {
    const before = document.createElement("div");
    const run = document.createElement("p");
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
    }
    if (replayed && run.halted) terminal.player?.pause();
  }

  /** @param {Run} run */
  const isReplay = (run) => run.state === "recording" || run.state === "failed";

  /** How many seconds of a recording have been played. @param {Run} run */
  const played = (run) => (run.halted ? run.changed : now()) - run.started;

  /** Whether the last frame of the recording is seen, alone or at the end of a replay.
   * @param {string} demo @param {Run | undefined} run */
  const isAtEnd = (demo, run) =>
    run !== undefined &&
    (run.state === "frame" ||
      (isReplay(run) && played(run) >= TALK.recordings[demo].seconds));

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

  /** The run on view, if the show stands on it. @returns {Run | undefined} */
  function runOnView() {
    const isThere = mounted && show.step > (deck[show.slide - 1].steps);
    return isThere && mounted ? show.runs[mounted.demo] : undefined;
  }

  /** @param {Terminal} terminal @param {Run | undefined} run */
  function describe({ demo, recorded }, run) {
    const recording = TALK.recordings[demo];
    if (!run) {
      const does = show.live ? "→ runs it" : "→ plays it";
      return recording ? `${does} · about ${Math.ceil(recording.seconds)} s` : does;
    }
    if (!recorded && run.state !== "frame") {
      return `${run.state === "stopped" ? "STOPPED" : "LIVE"} ${taken(run)}`;
    }
    const day = new Date(recording.recorded * 1000);
    const label = `REC ${day.toISOString().slice(0, 10)}`;
    const why = run.halted ? "stopped" : run.why;
    return why ? `${label} · ${why}` : label;
  }

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
    if (mounted) draw(mounted, runOnView());
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
    if (mounted) {
      const text = describe(mounted, runOnView());
      write(mounted.label, text, text.split(" ")[0]);
    }
  }

  /** Say it only if it is new: to draw the page again takes cores from the demo.
   * @param {Element} element @param {string} text @param {string} name */
  function write(element, text, name) {
    if (element.textContent !== text) element.textContent = text;
    if (element.className !== name) element.className = name;
  }

  // --- the presenter's window ------------------------------------------------------

  /** @type {Window | null} */
  let presenter = null;

  // Opened once: by its name also when this window has been loaded anew.
  function openPresenter() {
    if (presenter && !presenter.closed) return presenter.focus();
    const address = `presenter.html?sync=${link.together}`;
    presenter = window.open(address, `presenter ${link.together}`, PRESENTER);
  }

  /** Instead of marp's own. @param {KeyboardEvent | MouseEvent} event */
  function onPresenter(event) {
    const { target } = event;
    const button = '[data-bespoke-marp-osc="presenter"]';
    if (target instanceof Element && target.closest("input, textarea, select")) return;
    const isAsked =
      event instanceof KeyboardEvent
        ? event.key.toLowerCase() === "p" && !event.altKey && !event.ctrlKey && !event.metaKey
        : target instanceof Element && target.closest(button);
    if (!isAsked) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    openPresenter();
  }

  // --- keys ------------------------------------------------------------------------

  /** @param {Event} event @param {Command["do"]} what @param {number} [run] */
  function take(event, what, run) {
    event.preventDefault();
    event.stopImmediatePropagation(); // marp would move its page, too
    ask(what, show, run);
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    const { key, target } = event;
    const inField = 'input, textarea, select, [contenteditable="true"]';
    if (target instanceof Element && target.closest(inField)) return;
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.shiftKey) return key === " " ? take(event, "back") : undefined;
    const onButton = target instanceof HTMLButtonElement && key === " ";
    const move = MOVES[key];
    if (move && !onButton) return take(event, move);
    if (!mounted) return;
    const [demo, run] = [mounted.demo, runOnView()];
    if (key === "r") take(event, "run");
    if (key === "t" && TALK.recordings[demo])
      take(event, isAtEnd(demo, run) ? "replay" : "frame");
    if (key === "s" && run) take(event, "stop", run.id);
  }

  /** @param {MouseEvent} event */
  function onClick(event) {
    if (!(event.target instanceof Element) || event.shiftKey) return;
    if (event.target.closest(BUTTONS.next)) take(event, "next");
    else if (event.target.closest(BUTTONS.back)) take(event, "back");
  }

  // --- begin -----------------------------------------------------------------------

  const failure = document.createElement("div");
  failure.className = "stage-failure";
  failure.hidden = true;
  document.body.append(failure);
  const changes = new MutationObserver(onMarpMoved);
  const steps = document.querySelectorAll("[data-marpit-fragment]");
  const attributeFilter = ["class", "data-bespoke-marp-fragment"];
  if (!link.isPreview) {
    for (const each of [...slides, ...steps]) changes.observe(each, { attributeFilter });
    window.addEventListener("keydown", onPresenter, true);
    window.addEventListener("click", onPresenter, true);
  }
  window.addEventListener("keydown", onKey, true);
  window.addEventListener("click", onClick, true);
  link.follow(onPage, hear);
  setInterval(tick, 200);
})();
