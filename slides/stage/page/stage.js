// Draws the show that link.js tells of: the slide on view, and over the picture of a
// recording a terminal; and takes what is done by hand: click, wheel and touch.
// @ts-check
"use strict";

(() => {
  const view = document.body.dataset.bespokeView ?? "";
  if (view !== "" && !link.isPreview) return; // the overview inside another window

  const PRESENTER = "popup,width=1280,height=800"; // its window
  const SVG = "http://www.w3.org/2000/svg";
  const FONT = { line: 28, size: 25.025 }; // px, as in the picture of a recording
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
    [".stage-terminal", () => ask("run")],
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
  /** @typedef {{demo: string, over: Element, label: HTMLElement, screen: HTMLElement,
   *   before: HTMLElement, player: Player | null, shown: string, recorded: boolean}}
   *   Terminal */
  /** @type {Terminal | null} */
  let mounted = null; // the terminal on the slide on view
  let drawn = 0; // the slide that it was mounted for
  let refused = -Infinity; // when something was asked for that may not be
  let overflowTold = false;
  let turned = -Infinity; // when the wheel was, last
  /** @type {{x: number, y: number} | null} */
  let touched = null;

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

  /** @param {Terminal} terminal @param {Run | undefined} run */
  function describe({ demo, recorded }, run) {
    const recording = TALK.recordings[demo];
    if (!run) {
      const does = `${KEY} ${show.live ? "runs" : "plays"} it`;
      return recording ? `${does} · about ${Math.ceil(recording.seconds)} s` : does;
    }
    const isLive = !recorded && run.state !== "frame" && !isReplay(run);
    if (isLive) return `${run.state === "stopped" ? "STOPPED" : "LIVE"} ${taken(run)}`;
    const why = run.halted ? "stopped" : run.why;
    if (!recording) return why ? `${why} · no recording` : "no recording";
    const day = new Date(recording.recorded * 1000);
    const label = `REC ${day.toISOString().slice(0, 10)}`;
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
    if (mounted) {
      const text = describe(mounted, onView(show));
      write(mounted.label, text, text.split(" ")[0]);
    }
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
  }

  // --- click, wheel and touch --------------------------------------------------------

  /** Keep an event from marp, which would move its page, too. @param {Event} event */
  function keep(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /** @param {MouseEvent} event */
  function onClick(event) {
    if (!(event.target instanceof Element) || event.shiftKey) return;
    for (const [selector, does] of CLICKS) {
      if (!event.target.closest(selector)) continue;
      keep(event);
      return does();
    }
  }

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
    if (event.ctrlKey || scrolls(event.target)) return event.stopImmediatePropagation();
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
    keep(event);
    ask((Math.abs(right) > Math.abs(down) ? right : down) < 0 ? "next" : "back");
  }

  // --- begin -----------------------------------------------------------------------

  const failure = document.createElement("div");
  failure.className = "stage-failure";
  const hint = document.createElement("div"); // the slide to go to, as it is typed
  const black = document.createElement("div");
  black.className = "stage-black";
  for (const each of [failure, black]) each.hidden = true;
  document.body.append(failure, hint, black);
  link.follow(onPage, hear);
  setInterval(tick, 200);
  if (link.isPreview) return; // it is inert
  const changes = new MutationObserver(onMarpMoved);
  const steps = document.querySelectorAll("[data-marpit-fragment]");
  const attributeFilter = ["class", "data-bespoke-marp-fragment"];
  for (const each of [...slides, ...steps]) changes.observe(each, { attributeFilter });
  keys.listen({ p: openPresenter, o: openOverview }, tick);
  window.addEventListener("click", onClick, true);
  window.addEventListener("wheel", onWheel, { capture: true, passive: false });
  window.addEventListener("touchstart", onTouchStart, { capture: true, passive: true });
  window.addEventListener("touchend", onTouchEnd, true);
  window.addEventListener("stage-address", onAddress); // of sync.js
})();
