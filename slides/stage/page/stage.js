// Joins the demos to their slides: over the picture of a recording lies a terminal.
//
// Under `invoke present` a server runs the demos and tells every window how the show
// stands; the keys only ask. Without one (an exported page, or a server that is gone)
// the same keys replay the recordings.
"use strict";

(() => {
  const view = document.body.dataset.bespokeView ?? "";
  if (view !== "" && view !== "presenter") return; // a preview inside another window

  const SVG = "http://www.w3.org/2000/svg";
  const FONT = { line: 25, size: 21.45 }; // px, as in recordings.py
  const PATIENCE = 2000; // ms without the server until the tape takes over
  const NEXT = new Set(["ArrowRight", "ArrowDown", "PageDown", " "]);
  const NEXT_BUTTONS =
    '[data-bespoke-marp-osc="next"], .bespoke-marp-presenter-info-page-next';

  const served = "live" in document.documentElement.dataset;
  const slides = [...document.querySelectorAll("svg.bespoke-marp-slide")];
  let show = { runs: {}, begun: null, minutes: null, error: "" };
  let heard = performance.now(); // when `show` was true
  let socket = null;
  let offline = !served; // nobody runs demos: the tapes play
  let current = null; // the active slide
  let mounted = null; // the terminal on it

  // --- the show: asked of the server, or kept here ---------------------------------

  function ask(verb, slug = "") {
    if (socket?.readyState === WebSocket.OPEN) socket.send(`${verb} ${slug}`.trim());
    else {
      const now = performance.now();
      if (verb === "begin") show.begun ??= -(now - heard) / 1000;
      else if (verb !== "stop") show.runs[slug] = tape(now);
      else if (show.runs[slug]) show.runs[slug].halted = true;
      render();
    }
  }

  const tape = (id) => ({ id, state: "tape", halted: false, ran: 0, ago: 0, at: id });

  function connect() {
    socket = new WebSocket(`ws://${location.host}/show`);
    const lost = setTimeout(goOn, PATIENCE);
    socket.onmessage = ({ data }) => {
      clearTimeout(lost);
      offline = false;
      show = JSON.parse(data);
      heard = performance.now();
      if (show.version !== document.documentElement.dataset.version) location.reload();
      render();
    };
    socket.onclose = () => {
      offline = true;
      clearTimeout(lost);
      setTimeout(goOn, PATIENCE);
      setTimeout(connect, 500);
    };
  }

  // The server is gone: what was running goes on from the tape.
  function goOn() {
    if (socket.readyState === WebSocket.OPEN) return;
    for (const [slug, run] of Object.entries(show.runs))
      if (run.state === "running") show.runs[slug] = tape(performance.now());
    render();
  }

  // --- a terminal on a slide -------------------------------------------------------

  function mount(picture) {
    const slug = picture.dataset.slug;
    const over = document.createElementNS(SVG, "foreignObject");
    for (const [name, value] of Object.entries({ width: "100%", height: "100%" }))
      over.setAttribute(name, value);
    const terminal = document.createElement("div");
    const bar = document.createElement("div");
    const command = document.createElement("span");
    const label = document.createElement("span");
    const screen = document.createElement("div");
    terminal.className = "stage-terminal";
    bar.className = "stage-bar";
    screen.className = "stage-screen";
    screen.inert = true; // keys are for the deck, never for the player
    command.textContent = `$ ${picture.getAttribute("aria-label")}`;
    bar.append(command, label);
    terminal.append(bar, screen);
    over.append(terminal);
    picture.append(over);
    return { slug, over, label, screen, player: null, shown: "", recorded: false };
  }

  function play(terminal, run) {
    const taped = run.state === "tape" || run.state === "failed";
    const shown = `${taped} ${run.id}`;
    const back = terminal.recorded && !taped && !offline; // the server is there again
    if (terminal.shown !== shown || back) {
      clear(terminal);
      const recorded = taped || offline; // a run of a server that is gone
      Object.assign(terminal, { shown, recorded });
      const source = recorded
        ? { data: unpack(TALK.tapes[terminal.slug].gzip) }
        : { driver: "websocket", url: `ws://${location.host}/runs/${terminal.slug}` };
      terminal.player = AsciinemaPlayer.create(source, terminal.screen, {
        autoPlay: true,
        controls: false,
        cursorMode: "hidden",
        fit: "none",
        startAt: recorded ? since(run) : 0,
        terminalFontFamily: '"Fira Code", monospace',
        terminalFontSize: `${FONT.size}px`,
        terminalLineHeight: FONT.line / FONT.size,
        theme: "asyncio-live",
      });
    }
    if (taped && run.halted) terminal.player.pause();
  }

  function clear(terminal) {
    terminal.player?.dispose();
    Object.assign(terminal, { player: null, shown: "", recorded: false });
  }

  function unpack(gzip) {
    const bytes = Uint8Array.from(atob(gzip), (each) => each.charCodeAt(0));
    const text = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(text).text();
  }

  // Seconds since the state of a run changed: to the tape, say.
  const since = (run) =>
    run.at ? (performance.now() - run.at) / 1000 : run.ago + passed();
  const passed = () => (performance.now() - heard) / 1000;

  function describe({ slug, recorded }, run) {
    if (!run) return "";
    if (recorded) {
      const day = new Date(TALK.tapes[slug].recorded * 1000);
      return `REC ${day.toISOString().slice(0, 10)}`;
    }
    const ran = run.ran + (run.state === "running" ? passed() : 0);
    return `LIVE ${ran.toFixed(1)} s`;
  }

  // --- what is seen ----------------------------------------------------------------

  function render() {
    const active = document.querySelector("svg.bespoke-marp-slide.bespoke-marp-active");
    if (active !== current) {
      const forward = current && slides.indexOf(active) > slides.indexOf(current);
      if (mounted && show.runs[mounted.slug]?.state === "running")
        ask("stop", mounted.slug);
      if (mounted) clear(mounted);
      mounted?.over.remove();
      const picture = active?.querySelector("svg.terminal[data-slug]");
      current = active;
      mounted = picture ? mount(picture) : null;
      if (forward && show.begun === null) ask("begin");
    }
    const run = mounted && show.runs[mounted.slug];
    if (run?.id) play(mounted, run);
    else if (mounted) clear(mounted);
    tick();
  }

  function tick() {
    if (mounted) {
      const run = show.runs[mounted.slug];
      const text = describe(mounted, run);
      mounted.label.textContent = text || (offline ? "→ plays it" : "→ runs it");
      mounted.label.className = text.slice(0, 4);
    }
    failure.textContent = show.error;
    failure.hidden = !show.error;
    if (clock) clock.replaceChildren(...told());
  }

  // --- the presenter's clock -------------------------------------------------------

  function told() {
    const total = TALK.sections.reduce((sum, { minutes }) => sum + minutes, 0);
    const scale = total && (show.minutes ?? total) / total; // 0: a talk without budgets
    const elapsed = show.begun === null ? 0 : show.begun + passed();
    let [index, planned, title] = [slides.indexOf(current), 0, ""];
    for (const section of TALK.sections) {
      const here = Math.min(Math.max(index, 0), section.slides);
      if (index >= 0 && index < section.slides) title = section.title;
      planned += (section.minutes * 60 * scale * here) / section.slides;
      index -= section.slides;
    }
    const ahead = planned - elapsed;
    const parts = {
      time: `${minutes(elapsed)} of ${minutes(total * scale * 60)}`,
      pace: show.begun === null
        ? "starts with the first →"
        : `${minutes(Math.abs(ahead))} ${ahead < 0 ? "behind" : "ahead"}`,
      section: title,
      demo: mounted ? `demo: ${standing(show.runs[mounted.slug])}` : "",
    };
    return Object.entries(parts).map(([name, text]) => {
      const part = document.createElement("span");
      part.className = name === "pace" && ahead < 0 ? "pace late" : name;
      part.textContent = text;
      return part;
    });
  }

  const minutes = (seconds) =>
    `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

  function standing(run) {
    if (!run) return "not run";
    if (run.state === "running") return `running ${Math.floor(run.ran + passed())} s`;
    if (run.state === "failed") return "failed → tape";
    if (run.state === "tape") return run.halted ? "tape, stopped" : "tape";
    return `${run.state} after ${run.ran.toFixed(1)} s`;
  }

  // --- keys ------------------------------------------------------------------------

  // Returns whether "next" was for the demo: it starts one that has not run yet.
  function start() {
    if (!mounted || show.runs[mounted.slug]) return false;
    show.runs[mounted.slug] = { state: "running", ran: 0, ago: 0 }; // until we hear
    ask("run", mounted.slug);
    return true;
  }

  function onKey(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const verb = { r: "run", s: "stop", t: "tape" }[event.key];
    if (verb && mounted) ask(verb, mounted.slug);
    if (NEXT.has(event.key) && start()) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }

  function onClick(event) {
    if (event.target.closest?.(NEXT_BUTTONS) && start())
      event.stopImmediatePropagation();
  }

  // --- begin -----------------------------------------------------------------------

  const failure = document.createElement("div");
  failure.className = "stage-failure";
  document.body.append(failure);
  let clock = null;
  if (view === "presenter") {
    clock = document.createElement("div");
    clock.className = "stage-clock";
    document.querySelector(".bespoke-marp-presenter-note-container").prepend(clock);
  }
  const changes = new MutationObserver(render);
  for (const slide of slides)
    changes.observe(slide, { attributes: true, attributeFilter: ["class"] });
  window.addEventListener("keydown", onKey, true);
  window.addEventListener("click", onClick, true);
  if (served) connect();
  render();
  setInterval(tick, 200);
})();
