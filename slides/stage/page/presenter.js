// The presenter's window: the slide on view and what comes next, the notes, the clock, and
// how a demo does. The slides are two previews of the audience's page (stage.js).
// @ts-check
"use strict";

(() => {
  const SLOW = 1.5; // lengths of its recording after which a run is slow
  const LATE = 30; // seconds over a slide's time, from which on it is said in red
  const SIZES = { least: 16, first: 24, most: 48, step: 2 }; // px, of the notes
  const RECORDED = "Recordings only: no demo runs.";
  const BLACK = "Screens are black: any key lights them";
  const ANEW = "Begin the show anew? Its runs are forgotten, its clock stands at 0:00.";
  const LABEL = "(?:Say|Ask|Step \\d+|Demo|If asked|If late|Corrected|Source):(?!\\S)";
  const APART = /^(If asked|Corrected|Source)$/;

  const { now, taken } = link;
  const deck = TALK.slides;
  /** @param {string} id */
  const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
  const list = /** @type {HTMLDialogElement} */ (at("list"));
  const pause = /** @type {HTMLButtonElement} */ (at("pause"));
  const previews = [at("current"), at("next")].map(
    (frame) => /** @type {Window} */ (/** @type {HTMLIFrameElement} */ (frame).contentWindow),
  );

  /** @type {News} */
  let news;
  let noted = ""; // the slide and the step whose notes are on view

  /** Say it only if it is new. @param {HTMLElement} element @param {string} text
   * @param {string} name */
  function write(element, text, name = "") {
    if (element.textContent !== text) element.textContent = text;
    if (element.className !== name) element.className = name;
  }

  /** @param {string} key @returns {any} what was kept under it, in this browser */
  function kept(key) {
    try {
      return JSON.parse(localStorage.getItem(`asyncio-live ${key}`) ?? "null");
    } catch {
      return null; // there may be no storage
    }
  }

  /** @param {string} key @param {unknown} what */
  function keep(key, what) {
    try {
      localStorage.setItem(`asyncio-live ${key}`, JSON.stringify(what));
    } catch {}
  }

  /** @param {News} told */
  function hear(told) {
    news = told;
    write(at("error"), told.error);
    at("error").hidden = !told.error;
    drawPreviews();
    drawNotes();
    tick();
  }

  // --- the slides ------------------------------------------------------------------

  function drawPreviews() {
    const { show } = news;
    const after = following(show);
    const told = { role: news.role, now: now() };
    link.post(previews[0], { ...told, show, settled: news.settled });
    link.post(previews[1], { ...told, show: after, settled: true });
    const isEnd = after.slide === show.slide && after.step === show.step;
    at("next").style.visibility = isEnd ? "hidden" : "";
    write(at("coming"), isEnd ? "The end" : `Next: ${name(show, after)}`);
  }

  /** What "next" leads to: of a demo the last frame of its recording.
   * @param {Show} show @returns {Show} */
  function following(show) {
    const next = { do: /** @type {const} */ ("next"), ...show, run: 0 };
    const soon = now() + 1; // when what is pressed twice is meant
    const after = rules.apply({ ...show, black: null }, deck, "speaker", next, soon);
    const { steps, demo } = deck[after.slide - 1];
    if (after.step <= steps || !demo) return after;
    return { ...after, runs: { [demo]: { ...after.runs[demo], state: "frame" } } };
  }

  /** @param {Show} show @param {Show} after */
  function name(show, { slide, step }) {
    const { title, steps, demo } = deck[slide - 1];
    if (slide !== show.slide) return title || `slide ${slide}`;
    return step > steps ? `the demo${expected(demo)}` : `step ${step} of ${steps}`;
  }

  /** How long a demo takes, if it is known. @param {string | null} demo */
  function expected(demo) {
    const recording = TALK.recordings[demo ?? ""];
    return recording ? ` · about ${Math.ceil(recording.seconds)} s` : "";
  }

  // --- the notes -------------------------------------------------------------------

  function drawNotes() {
    const { slide, step } = news.show;
    if (noted === `${slide} ${step}`) return;
    const isNew = !noted.startsWith(`${slide} `);
    noted = `${slide} ${step}`;
    if (isNew) {
      const parts = paragraphs(NOTES[slide - 1] ?? "This page was exported without notes.");
      const isApart = parts.map(({ label }) => APART.test(label));
      at("say").replaceChildren(...parts.filter((_, each) => !isApart[each]).map(lay));
      at("aside").replaceChildren(...parts.filter((_, each) => isApart[each]).map(lay));
      for (const part of [at("say"), at("aside")]) part.scrollTop = 0;
    }
    for (const each of at("say").querySelectorAll("p")) {
      const [, of] = /^Step (\d+)$/.exec(each.dataset.label ?? "") ?? [];
      each.classList.toggle("here", Number(of) === step);
      each.classList.toggle("other", of !== undefined && step > 0 && Number(of) !== step);
    }
    scrollToStep();
  }

  function scrollToStep() {
    at("say").querySelector(".here")?.scrollIntoView({ block: "nearest" });
  }

  /** The paragraphs of a note, each with its label; one begins at a blank line, or at a
   * label. @param {string} note */
  function paragraphs(note) {
    const parts = note.trim().split(new RegExp(`\\n\\s*\\n|\\n(?=${LABEL})`));
    return parts.map((part) => {
      const [label] = new RegExp(`^${LABEL}|`).exec(part) ?? [""];
      return { label: label.slice(0, -1), text: part.slice(label.length).trim() };
    });
  }

  /** @param {{label: string, text: string}} paragraph */
  function lay({ label, text }) {
    const [laid, mark] = [document.createElement("p"), document.createElement("b")];
    laid.dataset.label = label;
    mark.textContent = label;
    if (label && label !== "Say") laid.append(mark);
    laid.append(text);
    return laid;
  }

  /** @param {number} by */
  function resize(by) {
    const size = (kept("notes") ?? SIZES.first) + by * SIZES.step;
    const fit = Math.max(SIZES.least, Math.min(size, SIZES.most));
    keep("notes", fit);
    document.body.style.setProperty("--notes", `${fit}px`);
  }

  // --- the clock -------------------------------------------------------------------

  /** What is planned, in seconds: until the slide on view, with it, until the end of its
   * section, and in all; nothing of a talk without budgets. */
  function plan() {
    const budget = TALK.sections.reduce((sum, { minutes }) => sum + minutes, 0);
    const total = 60 * (budget && (news.minutes ?? budget));
    const scale = budget && total / budget;
    let [index, begin] = [news.show.slide - 1, 0];
    for (const { title, minutes, slides } of TALK.sections) {
      const [length, share] = [minutes * scale, (minutes * scale) / slides];
      if (index < slides) {
        const [start, end] = [begin + share * index, begin + share * (index + 1)];
        return { title, length, start, end, close: begin + length, total };
      }
      begin += length;
      index -= slides;
    }
    throw new Error("the show is on a slide of no section");
  }

  function drawClock() {
    const { begun, paused } = news.show;
    const elapsed = begun === null ? 0 : (paused ?? now()) - begun;
    const { title, length, start, end, close, total } = plan();
    const over = Math.max(elapsed - end, 0);
    const ahead = Math.max(start - elapsed, 0);
    const behind = over ? `${minutes(over)} behind` : "on time";
    const pace = ahead ? `${minutes(ahead)} ahead` : behind;
    const late = over > LATE ? "late" : "";
    const isPaused = paused !== null;
    write(at("elapsed"), minutes(elapsed), isPaused ? "paused" : "");
    write(at("length"), isPaused ? "paused" : total ? `of ${minutes(total)}` : "");
    write(at("pace"), begun === null ? "not begun" : length ? pace : "–", length ? late : "");
    count(at("section-left"), at("section"), length ? close - elapsed : null, title);
    count(at("left"), at("talk"), total ? total - elapsed : null, "the talk");
    const ends = new Date(1000 * (now() + total - Math.min(Math.max(elapsed, start), end)));
    write(at("end"), total ? ends.toTimeString().slice(0, 5) : "–");
    write(pause, isPaused ? "Go on" : "Pause");
    pause.disabled = begun === null;
  }

  /** @param {number} seconds */
  const minutes = (seconds) =>
    `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

  /** Say how many seconds are left in something, if that is planned.
   * @param {HTMLElement} element @param {HTMLElement} caption
   * @param {number | null} left @param {string} what */
  function count(element, caption, left, what) {
    const isOver = left !== null && left < 0;
    write(element, left === null ? "–" : minutes(Math.abs(left)), isOver ? "late" : "");
    write(caption, `${isOver ? "over" : "left in"} ${what}`);
  }

  // --- where the show stands -------------------------------------------------------

  function tick() {
    if (!news) return;
    drawClock();
    const { slide, step } = news.show;
    const { steps, demo } = deck[slide - 1];
    const all = steps + (demo ? 1 : 0);
    const where = `Slide ${slide} of ${deck.length}`;
    const here = all ? `${where} · step ${step} of ${all}` : where;
    write(at("where"), keys.typed ? `Go to slide: ${keys.typed}` : here);
    at("runs").hidden = !demo;
    const run = link.onView(news.show);
    const [state, name] = demo ? standing(demo, run) : ["", ""];
    write(at("demo"), state, name);
    write(at("said"), run?.said ?? "");
    const told = run ? ["Demo", run.state, run.why, run.said] : [];
    write(at("heard"), told.filter(Boolean).join(", "), "heard");
    write(at("notice"), ...notice());
    at("screen").hidden = !screen.isExtended; // the projector may come late
    at("black").setAttribute("aria-pressed", `${news.show.black !== null}`);
  }

  /** What the speaker must know, and whether it is urgent. @returns {[string, string]} */
  function notice() {
    const { role, isServed, show } = news;
    if (role === "viewer") return [link.ONLY_LOOKS, "urgent"];
    if (show.black !== null) return [BLACK, "urgent"];
    return [isServed && !show.live ? RECORDED : "", ""];
  }

  /** How a demo does, and of what kind that is. @param {string} demo
   * @param {Run | undefined} run @returns {[string, string]} */
  function standing(demo, run) {
    const recording = TALK.recordings[demo];
    if (!run) return [`Demo: ready${expected(demo)}`, ""];
    const why = run.why ? `${run.why} → ` : "";
    switch (run.state) {
      case "running":
        if (recording && link.seconds(run) > SLOW * recording.seconds)
          return [`Slow: ${taken(run)}${expected(demo)}; t shows the recording`, "slow"];
        return [`Demo: running ${taken(run)}${expected(demo)}`, "running"];
      case "frame":
        return [`Demo: ${why}recording's last frame, t replays it`, "recording"];
      case "recording":
      case "failed": {
        const said = `Demo: ${why}recording${run.halted ? ", stopped" : ""}`;
        return [said, run.why ? "failed" : "recording"];
      }
      default:
        return [`Demo: ${run.state} after ${taken(run)}`, ""];
    }
  }

  // --- the list of slides, and what is wrong with some -----------------------------

  function makeList() {
    let number = 0;
    for (const { title, slides } of TALK.sections) {
      const [heading, some] = [document.createElement("p"), document.createElement("div")];
      heading.textContent = title;
      for (let each = 0; each < slides; each += 1) some.append(entry((number += 1)));
      list.append(heading, some);
    }
  }

  /** @param {number} slide */
  function entry(slide) {
    const [button, number] = [document.createElement("button"), document.createElement("i")];
    const about = document.createElement("small");
    const { title, demo } = deck[slide - 1];
    number.textContent = `${slide}`;
    if (demo) about.textContent = "demo";
    button.append(number, title, about);
    button.onclick = () => {
      closeList();
      link.ask("go", { slide, step: 0 });
    };
    return button;
  }

  function closeList() {
    list.close();
    const { activeElement } = document; // an entry that is not seen any more, for a while
    if (activeElement instanceof HTMLElement && list.contains(activeElement))
      activeElement.blur();
  }

  function toggleList() {
    if (list.open) return closeList();
    const entries = list.querySelectorAll("button");
    entries.forEach((each) => each.removeAttribute("aria-current"));
    const here = entries[news.show.slide - 1];
    here.setAttribute("aria-current", "true");
    list.showModal();
    here.focus();
  }

  /** The entry that an arrow leads to. @param {number} by */
  function moveInList(by) {
    const entries = [...list.querySelectorAll("button")];
    const here = entries.findIndex((each) => each === document.activeElement);
    entries[Math.max(0, Math.min(here + by, entries.length - 1))].focus();
  }

  // As the deck looks without its scripts, where all slides are laid out at once; Marp's,
  // which a slide holds, fits headings and code.
  async function checkSlides() {
    if (location.protocol === "file:") return; // one file must not read another
    const asked = fetch("index.html").then((page) => page.text());
    const text = await asked.catch(() => ""); // the server may just have gone
    if (!text) return;
    const still = new DOMParser().parseFromString(text, "text/html");
    for (const script of still.querySelectorAll("script:not(svg script)")) script.remove();
    const frame = document.createElement("iframe");
    frame.srcdoc = `<!doctype html>${still.documentElement.outerHTML}`;
    frame.inert = true;
    frame.style.cssText = "position: fixed; width: 1280px; height: 720px; visibility: hidden";
    frame.onload = async () => {
      if (frame.contentDocument) await report(frame.contentDocument);
      frame.remove();
    };
    document.body.append(frame);
  }

  /** @param {Document} page */
  async function report(page) {
    await fitted(page);
    /** @type {Map<number, string>} */
    const wrong = new Map(overflowing(page).map(([slide]) => [slide, "cut off"]));
    const slides = page.querySelectorAll("svg[data-marpit-svg]");
    for (const [index, slide] of slides.entries()) {
      const pictures = await Promise.all(addresses(slide).map(isPicture));
      if (pictures.includes(false)) wrong.set(index + 1, "no picture");
    }
    const marks = list.querySelectorAll("small");
    for (const [slide, what] of wrong) write(marks[slide - 1], what, "mend");
    const some = [...wrong].map(([slide, what]) => `slide ${slide} (${what})`).join(", ");
    write(at("mend"), `Look at ${some}`);
    at("mend").hidden = wrong.size === 0;
  }

  /** Of all pictures on a slide, and behind it. @param {Element} slide */
  function addresses(slide) {
    const behind = [...slide.querySelectorAll("figure, section")].map(
      (each) => /url\("(.+?)"\)/.exec(getComputedStyle(each).backgroundImage)?.[1],
    );
    const images = [...slide.querySelectorAll("img")].map((image) => image.src);
    return [...images, ...behind].filter((address) => address !== undefined);
  }

  /** @param {string} address */
  async function isPicture(address) {
    const image = new Image();
    image.src = address;
    return image.decode().then(
      () => true,
      () => false,
    );
  }

  // --- windows and keys ------------------------------------------------------------

  // Over all of the other screen, if the browser is allowed to tell where that is.
  async function openOnOtherScreen() {
    const place = await otherScreen().catch(() => "");
    const address = `index.html?sync=${link.together}`;
    window.open(address, `audience ${link.together}`, `popup${place}`);
  }

  async function otherScreen() {
    const told = await window.getScreenDetails?.();
    const other = told?.screens.find((each) => each !== told.currentScreen);
    if (!other) return "";
    const { availLeft, availTop, availWidth, availHeight } = other;
    return `,left=${availLeft},top=${availTop},width=${availWidth},height=${availHeight}`;
  }

  function beginAnew() {
    if (confirm(ANEW)) link.ask("reset");
  }

  /** @param {number} by */
  function scrollNotes(by) {
    const [say, aside] = [at("say"), at("aside")];
    const isAtEnd = say.scrollTop + say.clientHeight >= say.scrollHeight - 1;
    const isBegun = aside.scrollTop > 0;
    const part = (by > 0 ? isAtEnd : isBegun) ? aside : say;
    part.scrollBy(0, by * part.clientHeight * 0.6);
  }

  /** @type {Record<string, () => void>} */
  const OWN = {
    "+": () => resize(1),
    "-": () => resize(-1),
    n: beginAnew,
    o: toggleList,
    "Shift+ArrowDown": () => scrollNotes(1),
    "Shift+ArrowUp": () => scrollNotes(-1),
  };
  /** @type {Record<string, () => void>} */
  const IN_LIST = {
    o: toggleList,
    Escape: toggleList,
    ArrowDown: () => moveInList(1),
    ArrowRight: () => moveInList(1),
    ArrowUp: () => moveInList(-1),
    ArrowLeft: () => moveInList(-1),
  };

  /** @param {KeyboardEvent} event */
  function onKeyInList(event) {
    const move = list.open && IN_LIST[keys.meaning(event)];
    if (!move) return;
    event.preventDefault();
    move();
  }

  /** @param {MouseEvent} event */
  function onClick({ target, detail }) {
    if (target === list) closeList(); // beside it
    const button = target instanceof Element && target.closest("button");
    if (!button) return;
    if (detail) button.blur(); // by hand: the next Space is a clicker's
    const { key } = button.dataset;
    if (key) keys.press(key);
  }

  // A preview has just been loaded.
  /** @param {MessageEvent<string>} event */
  function onMessage({ source }) {
    if (news && previews.some((each) => each === source)) drawPreviews();
  }

  // The browser's "back" would leave this window.
  function stay() {
    history.pushState(null, "");
    link.ask("back");
  }

  // --- begin -----------------------------------------------------------------------

  makeList();
  resize(0);
  at("smaller").onclick = () => resize(-1);
  at("larger").onclick = () => resize(1);
  at("all").onclick = toggleList;
  at("mend").onclick = toggleList;
  pause.onclick = () => link.ask("pause");
  at("screen").onclick = openOnOtherScreen;
  at("anew").onclick = beginAnew;
  history.pushState(null, "");
  window.addEventListener("popstate", stay);
  window.addEventListener("message", onMessage);
  list.addEventListener("keydown", onKeyInList);
  keys.listen(OWN, tick);
  window.addEventListener("click", onClick, true); // before the list takes the focus
  window.addEventListener("resize", scrollToStep);
  window.addEventListener("load", checkSlides);
  link.follow(() => link.standing(news?.show ?? { slide: 1, step: 0 }), hear);
  setInterval(tick, 200);
})();
