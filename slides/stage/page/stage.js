// Draws the show: the slide on view, and over the picture of a recording a terminal.
//
// Under `invoke present` the server owns the show, and every window draws what it is
// told. A command takes effect here at once, by the same rules (state.js), and again
// when the server has heard it. Without a server (an exported page, or one whose server
// is gone) these rules are all there is, the recordings play, and the windows of one
// browser tell each other how the show stands.
// @ts-check
"use strict";

(() => {
  const view = document.body.dataset.bespokeView ?? "";
  if (view !== "" && view !== "presenter") return; // a preview inside another window

  const SVG = "http://www.w3.org/2000/svg";
  const FONT = { line: 28, size: 25.025 }; // px, as in the picture of a recording
  const PATIENCE = 2000; // ms without the server until the recording takes over
  const SLOW = 1.5; // lengths of its recording after which a run is slow
  const ONLY_LOOKS = "This window only looks: open what `invoke present` has printed.";
  const RECORDED = "Recordings only: no demo runs.";
  const BLACK = "The screens are black: any key brings them back.";
  const ANEW = "Begin the show anew? Its runs are forgotten, its clock stands at 0:00.";
  const REST = 250; // ms between two turns of a wheel
  const SWIPE = 30; // px that a finger moves, or it was a tap
  const LAST = 999; // a step that is not there is the last one
  const KEY = matchMedia("(pointer: coarse)").matches ? "tap" : "→";
  /** @type {Record<string, Command["do"]>} */
  const KEYS = {
    ArrowRight: "next",
    ArrowDown: "next",
    PageDown: "next",
    Enter: "next",
    " ": "next",
    ArrowLeft: "back",
    ArrowUp: "back",
    PageUp: "back",
    b: "black",
    ".": "black",
  };
  /** @type {[string, Command["do"]][]} */
  const CLICKS = [
    ['[data-bespoke-marp-osc="next"], .bespoke-marp-presenter-info-page-next', "next"],
    ['[data-bespoke-marp-osc="prev"], .bespoke-marp-presenter-info-page-prev', "back"],
    [".stage-terminal", "run"],
    [".stage-black", "black"],
  ];

  const root = document.documentElement.dataset;
  const served = "live" in root;
  /** @type {Role} */
  let role = "speaker"; // unless the server says otherwise
  const deck = TALK.slides;
  const slides = [...document.querySelectorAll("svg.bespoke-marp-slide")];

  /** @type {Show} */
  let show = {
    live: served,
    ...onPage(),
    begun: null,
    runs: {},
    next_id: 1,
    black: null,
  };
  let known = !served; // whether `show` is the server's, or there is none
  let ahead = Date.now() / 1000 - performance.now() / 1000; // the server's clock to ours
  /** @type {number | null} */
  let length = null; // minutes of the talk, if it was asked for
  /** @type {WebSocket | null} */
  let socket = null;
  let sent = 0; // commands over this socket
  let settled = true; // the server has heard them all
  let strayed = false; // moved while there was no server
  // All windows of a show; of an exported page, those that marp has opened together.
  const together = served ? "show" : history.state?.marpBespokeSyncKey;
  /** @type {Show | null} */
  let neighbour = null; // what one said while we had the server
  const neighbours = new BroadcastChannel(`asyncio-live ${root.version} ${together}`);

  /** @typedef {{demo: string, over: Element, label: HTMLElement, screen: HTMLElement,
   *   before: HTMLElement, player: Player | null, shown: string, recorded: boolean}}
   *   Terminal */
  /** @type {Terminal | null} */
  let mounted = null; // the terminal on the slide on view
  let drawn = 0; // the slide that it was mounted for
  let typed = ""; // digits of the slide to go to
  let wheel = { turned: -Infinity, stepped: -Infinity, size: 0 };
  /** @type {{x: number, y: number} | null} */
  let touched = null;

  const now = () => performance.now() / 1000 + ahead;

  // --- the show: asked of the server, or kept here ---------------------------------

  /** @param {Command["do"]} what @param {{slide: number, step: number}} at
   * @param {number} run */
  function ask(what, at = show, run = 0) {
    if (!known) return;
    if (role === "viewer") return render(); // it shows what the speaker shows
    const command = { do: what, slide: at.slide, step: at.step, run };
    if (socket?.readyState === WebSocket.OPEN) {
      socket.send(JSON.stringify(command));
      sent += 1;
      settled = false;
    } else if (served) {
      show = rules.lost(show, now());
      strayed = true;
    }
    show = rules.apply(show, deck, role, command, now());
    render();
    if (!socket) neighbours.postMessage(show);
  }

  // Without a server: a new window asks the others (null), and takes what they say.
  /** @param {MessageEvent<Show | null>} event */
  function hearNeighbour({ data }) {
    if (!known) return;
    if (socket) neighbour = data; // it may have lost the server a moment before us
    else if (data) {
      show = data;
      render();
    } else neighbours.postMessage(show);
  }

  function connect() {
    const connection = new WebSocket(`ws://${location.host}/show`);
    const lost = setTimeout(goOn, PATIENCE);
    let first = true;
    connection.onopen = () => {
      socket = connection;
      sent = 0;
    };
    connection.onmessage = ({ data }) => {
      clearTimeout(lost);
      hear(JSON.parse(data), first);
      first = false;
    };
    connection.onclose = () => {
      clearTimeout(lost);
      socket = null;
      if (!settled) neighbours.postMessage(rules.lost(show, now())); // it never heard
      else if (neighbour) show = neighbour;
      settled = true;
      render();
      setTimeout(goOn, PATIENCE);
      setTimeout(connect, 500);
    };
  }

  /** @param {Message} message @param {boolean} first of this connection */
  function hear(message, first) {
    if (message.version !== root.version) {
      history.replaceState(null, "", location.pathname + location.search);
      return location.reload(); // the show says where it stands, not our old address
    }
    neighbour = null;
    // Whoever has led our speaker here could move the show, by the address.
    role = "foreign" in root ? "viewer" : message.role;
    ahead = message.now - performance.now() / 1000;
    length = message.minutes;
    failure.textContent = message.error;
    failure.hidden = !message.error;
    settled = message.heard >= sent;
    if (!settled) return; // what was asked for since is on its way
    const place = onPage();
    // A show that has not begun takes its place from a new window, as in "/#12"; one
    // that was cut off, from a window that has moved meanwhile.
    const { begun, slide, step } = message.show;
    const isNew = !known && begun === null && slide === 1 && step === 0;
    if (!known) document.fonts.ready.then(tellOverflow);
    show = message.show;
    known = true;
    if (first && (strayed || isNew) && isElsewhere()) ask("go", place);
    strayed = false;
    render();
  }

  // The terminal of the show says which slides are cut off.
  function tellOverflow() {
    if (role !== "speaker" || view !== "" || !socket) return;
    for (const [slide, , pixels] of overflowing()) ask("overflow", { slide, step: pixels });
  }

  // The server is gone: what was running goes on from its recording.
  function goOn() {
    if (socket) return;
    known = true;
    show = rules.lost(show, now());
    render();
  }

  // --- the slide on view -----------------------------------------------------------

  /** Where marp's page stands: its slide, and how many steps of its code are lit. */
  function onPage() {
    const active = document.querySelector("svg.bespoke-marp-slide.bespoke-marp-active");
    const lit = active?.querySelectorAll('[data-bespoke-marp-fragment="active"]');
    return { slide: active ? slides.indexOf(active) + 1 : 1, step: lit?.length ?? 0 };
  }

  /** Where it should stand: a run is a step of ours, not of marp's. */
  const onShow = () => ({
    slide: show.slide,
    step: Math.min(show.step, deck[show.slide - 1].steps),
  });

  function isElsewhere() {
    const [page, wanted] = [onPage(), onShow()];
    return page.slide !== wanted.slide || page.step !== wanted.step;
  }

  // Marp's page follows its own address: ?f=STEP#SLIDE. The browser's "back" goes back
  // to the slide before.
  function follow() {
    if (!isElsewhere()) return;
    const { slide, step } = onShow();
    const address = new URL(location.href);
    const isBefore = drawn !== 0 && address.hash !== `#${slide}`;
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
    if (!known || !deck[slide - 1]) return; // it is marp's to know
    event.preventDefault();
    if (slide !== show.slide) ask("go", { slide, step: slide < show.slide ? LAST : 0 });
  }

  // Marp has moved by itself: by Home, a swipe, the overview, the address.
  function onMarpMoved() {
    if (known && isElsewhere()) ask("go", onPage());
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

  /** @param {Run} run */
  const isReplay = (run) => run.state === "recording" || run.state === "failed";

  /** How many seconds of a recording have been played. @param {Run} run */
  const played = (run) => (run.halted ? run.changed : now()) - run.started;

  /** Whether the last frame of the recording is seen, alone or at the end of a replay.
   * @param {string} demo @param {Run | undefined} run */
  const isAtEnd = (demo, run) =>
    run !== undefined &&
    (run.state === "frame" ||
      (isReplay(run) && played(run) >= (TALK.recordings[demo]?.seconds ?? 0)));

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

  /** @param {Run} run */
  const seconds = (run) =>
    (run.state === "running" ? now() : run.changed) - run.started;

  /** Whole seconds while it runs, as each change is drawn. @param {Run} run */
  const taken = (run) =>
    run.state === "running"
      ? `${Math.floor(seconds(run))} s`
      : `${seconds(run).toFixed(1)} s`;

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
    if (!known) return;
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
    black.hidden = show.black === null || view === "presenter";
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
    if (clock) writeClock(clock);
  }

  /** Say it only if it is new: to draw the page again takes cores from the demo.
   * @param {Element} element @param {string} text @param {string} name */
  function write(element, text, name) {
    if (element.textContent !== text) element.textContent = text;
    if (element.className !== name) element.className = name;
  }

  // --- the presenter's clock -------------------------------------------------------

  /** @param {HTMLElement} clock */
  function writeClock(clock) {
    const total = TALK.sections.reduce((sum, { minutes }) => sum + minutes, 0);
    const scale = total && (length ?? total) / total; // 0: a talk without budgets
    const elapsed = show.begun === null ? 0 : now() - show.begun;
    let [index, planned, title] = [show.slide - 1, 0, ""];
    for (const section of TALK.sections) {
      const here = Math.min(Math.max(index, 0), section.slides);
      if (index >= 0 && index < section.slides) title = section.title;
      planned += (section.minutes * 60 * scale * here) / section.slides;
      index -= section.slides;
    }
    const early = planned - elapsed;
    const pace =
      show.begun === null
        ? "starts with the first →"
        : `${minutes(Math.abs(early))} ${early < 0 ? "behind" : "ahead"}`;
    const [time, paced, section, demo, said] = clock.children;
    write(time, `${minutes(elapsed)} of ${minutes(total * scale * 60)}`, "time");
    write(paced, pace, early < 0 ? "pace late" : "pace");
    write(section, title, "section");
    const run = mounted ? show.runs[mounted.demo] : undefined;
    write(demo, mounted ? standing(mounted.demo, run) : "", "demo");
    write(said, notice(run), "said");
  }

  /** What the speaker must know. @param {Run | undefined} run */
  function notice(run) {
    if (role === "viewer") return ONLY_LOOKS;
    if (show.black !== null) return BLACK;
    return run?.said || (socket && !show.live ? RECORDED : "");
  }

  /** @param {number} seconds */
  const minutes = (seconds) =>
    `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

  /** @param {string} demo @param {Run | undefined} run */
  function standing(demo, run) {
    if (!run) return "demo: not run";
    if (run.state === "running") {
      const recording = TALK.recordings[demo];
      if (!recording) return `demo: running ${taken(run)}`;
      if (seconds(run) > SLOW * recording.seconds) return "slow: t shows the recording's last frame";
      return `demo: running ${taken(run)} of about ${Math.ceil(recording.seconds)}`;
    }
    if (run.state === "frame") return "demo: recording's last frame, t replays it";
    if (isReplay(run)) {
      const why = run.why ? `${run.why} → ` : "";
      return `demo: ${why}recording${run.halted ? ", stopped" : ""}`;
    }
    return `demo: ${run.state} after ${taken(run)}`;
  }

  // --- keys, wheel and touch -------------------------------------------------------

  /** What a key means, in either case; in an alphabet that is not Latin, by its place.
   * @param {KeyboardEvent} event */
  function meaning({ key, code }) {
    if (key.length > 1) return key;
    if (key <= "\x7f") return key.toLowerCase();
    if (code === "Period") return "."; // as a clicker sends it
    return code.startsWith("Key") ? code.slice(3).toLowerCase() : key;
  }

  /** What a key does; nothing of ours if it is the browser's, or marp's.
   * @param {KeyboardEvent} event @param {string} key its meaning
   * @returns {(() => void) | undefined} */
  function action(event, key) {
    const { shiftKey, target } = event;
    if (show.black !== null) return key === "Shift" ? undefined : () => ask("black");
    const presses = { Enter: "a, button", " ": "button" }[key];
    if (presses && target instanceof Element && target.closest(presses)) return;
    if (isDigit(key)) return () => type(typed + key);
    if (key === "Enter" && typed) {
      const slide = Number(typed);
      return () => ask("go", { slide, step: 0 });
    }
    if (key === "F5") return fillScreen;
    if (key === "Escape") return isOverview() ? undefined : leaveFullScreen;
    if (shiftKey && key === " ") return () => ask("back");
    if (shiftKey && key.length > 1) return;
    const does = KEYS[key];
    if (does) return () => ask(does);
    if (key === "n" && view === "presenter") return beginAnew;
    if (mounted) {
      const [demo, run] = [mounted.demo, runOnView()];
      if (key === "r") return () => ask("run");
      if (key === "t" && TALK.recordings[demo])
        return () => ask(isAtEnd(demo, run) ? "replay" : "frame");
      if (key === "s" && run) return () => ask("stop", show, run.id);
    }
    if ("fop".includes(key) && key !== event.key) // marp minds the case
      return () => document.dispatchEvent(new KeyboardEvent("keydown", { key }));
  }

  /** @param {string} key */
  const isDigit = (key) => /^\d$/.test(key);

  /** @param {string} digits */
  function type(digits) {
    typed = digits;
    number.textContent = `${digits} ↵`;
    number.hidden = !digits;
  }

  function beginAnew() {
    if (confirm(ANEW)) ask("reset");
  }

  function fillScreen() {
    if (!document.fullscreenEnabled || document.fullscreenElement) return;
    document.body.requestFullscreen().catch(() => {}); // the browser may refuse
  }

  function leaveFullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
  }

  const isOverview = () =>
    document.querySelector('.bespoke-marp-overview[data-open="1"]') !== null;

  /** Keep an event from marp, which would move its page, too. @param {Event} event */
  function keep(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    const { target } = event;
    const inField = 'input, textarea, select, [contenteditable="true"]';
    if (target instanceof Element && target.closest(inField)) return;
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const key = meaning(event);
    const act = action(event, key);
    if (act) keep(event);
    if (act && !event.repeat) act();
    if (key !== "Shift" && !isDigit(key)) type("");
  }

  /** @param {MouseEvent} event */
  function onClick(event) {
    if (!(event.target instanceof Element) || event.shiftKey) return;
    for (const [selector, does] of CLICKS) {
      if (!event.target.closest(selector)) continue;
      keep(event);
      return ask(does);
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
    const isNew = timeStamp - wheel.turned > REST;
    const isMore = size > wheel.size && timeStamp - wheel.stepped > REST;
    wheel = { ...wheel, turned: timeStamp, size };
    if (!isNew && !isMore) return;
    wheel.stepped = timeStamp;
    ask(deltaX + deltaY > 0 ? "next" : "back");
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
  const number = document.createElement("div");
  number.className = "stage-number";
  const black = document.createElement("div");
  black.className = "stage-black";
  for (const each of [failure, number, black]) each.hidden = true;
  document.body.append(failure, number, black);
  /** @type {HTMLElement | null} */
  let clock = null;
  if (view === "presenter") {
    clock = document.createElement("div");
    clock.className = "stage-clock";
    for (let part = 0; part < 5; part += 1) clock.append(document.createElement("span"));
    document.querySelector(".bespoke-marp-presenter-note-container")?.prepend(clock);
  }
  const changes = new MutationObserver(onMarpMoved);
  const steps = document.querySelectorAll("[data-marpit-fragment]");
  const attributeFilter = ["class", "data-bespoke-marp-fragment"];
  for (const each of [...slides, ...steps]) changes.observe(each, { attributeFilter });
  window.addEventListener("keydown", onKey, true);
  window.addEventListener("click", onClick, true);
  window.addEventListener("wheel", onWheel, { capture: true, passive: false });
  window.addEventListener("touchstart", onTouchStart, { capture: true, passive: true });
  window.addEventListener("touchend", onTouchEnd, true);
  window.addEventListener("stage-address", onAddress); // of sync.js
  neighbours.onmessage = hearNeighbour;
  if (served) connect();
  else neighbours.postMessage(null);
  render();
  setInterval(tick, 200);
})();
