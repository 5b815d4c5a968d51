// What ties a window to the show, and to its clock.
//
// Under `invoke present` the server owns the show, and tells each window how it stands. A
// command takes effect here at once, by the same rules (state.js), and again when the
// server has heard it. Without a server (an exported page, or one whose server is gone)
// these rules are all there is, and the windows of one browser tell each other how the
// show stands. A preview in the presenter's window is told by that window.
// @ts-check
"use strict";

const link = (() => {
  const PATIENCE = 2000; // ms without the server until the recording takes over
  const ONLY_LOOKS = "This window only looks: open what `invoke present` has printed.";

  const root = document.documentElement.dataset;
  const served = "live" in root;
  const deck = TALK.slides;
  const isPreview = document.body.dataset.bespokeView === "next";
  // All windows of a show; of an exported page, those that one has opened.
  const ours = new URLSearchParams(location.search).get("sync");
  const together = served ? "show" : (history.state?.marpBespokeSyncKey ?? ours);
  const neighbours = new BroadcastChannel(`asyncio-live ${root.version} ${together}`);

  /** @type {Show} */
  let show = { ...rules.BEGIN, live: served };
  /** @type {Role} */
  let role = "speaker"; // unless the server says otherwise
  let error = ""; // why there is no newer deck
  /** @type {number | null} */
  let minutes = null; // the length of the talk, if it was asked for
  let known = !served; // whether `show` is the server's, or there is none
  let ahead = Date.now() / 1000 - performance.now() / 1000; // the server's clock to ours
  /** @type {WebSocket | null} */
  let socket = null;
  let sent = 0; // commands over this socket
  let settled = true; // the server has heard them all
  let strayed = false; // moved while there was no server
  /** @type {Show | null} */
  let neighbour = null; // what one said while we had the server

  /** Where the window's page stands. @type {() => Place} */
  let place = () => standing(show);
  /** @type {(news: News) => void} */
  let draw = () => {};

  const now = () => performance.now() / 1000 + ahead;

  /** Where a page of marp's stands in a show: a run is a step of ours, not of marp's.
   * @param {Place} show @returns {Place} */
  const standing = ({ slide, step }) => ({
    slide,
    step: Math.min(step, deck[slide - 1].steps),
  });

  /** Follow the show from now on: `place` says where the window's page stands, and `draw`
   * is told how the show does.
   * @param {() => Place} at @param {(news: News) => void} to */
  function follow(at, to) {
    [place, draw] = [at, to];
    show = { ...show, ...place() };
    if (isPreview) {
      window.addEventListener("message", hearPresenter);
      return post(window.parent, null); // from now on we hear
    }
    neighbours.onmessage = hearNeighbour;
    if (served) connect();
    else neighbours.postMessage(null);
    tell();
  }

  /** Say something to a window of ours; from disk, it has no origin to name.
   * @param {Window} other @param {Preview | null} what */
  function post(other, what) {
    const origin = window.origin === "null" ? "*" : window.origin;
    other.postMessage(JSON.stringify(what), origin);
  }

  // To a preview: how the show stands.
  /** @param {MessageEvent<string>} event */
  function hearPresenter({ source, data }) {
    if (source !== window.parent) return;
    /** @type {Preview} */
    const told = JSON.parse(data);
    ({ show, role, settled } = told);
    ahead = told.now - performance.now() / 1000;
    known = true;
    tell();
  }

  /** @param {boolean} refused what this window has just asked for */
  function tell(refused = false) {
    const isServed = socket !== null;
    if (known) draw({ show, role, isServed, settled, minutes, error, refused });
  }

  /** @param {Command["do"]} what @param {Place} at @param {number} run */
  function ask(what, at = show, run = 0) {
    if (!known) return;
    if (role === "viewer") return tell(true); // it shows what the speaker shows
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
    tell();
    if (!socket) neighbours.postMessage(show);
  }

  // Without a server: a new window asks the others (null), and takes what they say.
  /** @param {MessageEvent<Show | null>} event */
  function hearNeighbour({ data }) {
    if (!known) return;
    if (socket) neighbour = data; // it may have lost the server a moment before us
    else if (data) {
      show = data;
      tell();
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
      tell();
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
    ({ minutes, error } = message);
    // Whoever has led our speaker here could move the show, by the address.
    role = "foreign" in root ? "viewer" : message.role;
    ahead = message.now - performance.now() / 1000;
    settled = message.heard >= sent;
    if (!settled) return; // what was asked for since is on its way
    const here = place();
    // A show that has not begun takes its place from a new window, as in "/#12"; one
    // that was cut off, from a window that has moved meanwhile.
    const { begun, slide, step } = message.show;
    const isNew = !known && begun === null && slide === 1 && step === 0;
    show = message.show;
    known = true;
    const isOurs = role === "speaker" && first && (strayed || isNew);
    strayed = false;
    if (isOurs && !isAt(here)) ask("go", here);
    else tell();
  }

  /** Whether the show stands there. @param {Place} place */
  function isAt({ slide, step }) {
    const wanted = standing(show);
    return slide === wanted.slide && step === wanted.step;
  }

  // The server is gone: what was running goes on from its recording.
  function goOn() {
    if (socket) return;
    known = true;
    show = rules.lost(show, now());
    tell();
  }

  /** The run on view, if the show stands on one. @param {Show} show
   * @returns {Run | undefined} */
  function onView({ slide, step, runs }) {
    const { steps, demo } = deck[slide - 1];
    return demo && step > steps ? runs[demo] : undefined;
  }

  /** @param {Run} run */
  const isReplay = (run) => run.state === "recording" || run.state === "failed";

  /** How many seconds of a recording have been played. @param {Run} run */
  const played = (run) => (run.halted ? run.changed : now()) - run.started;

  /** How many seconds a run has taken. @param {Run} run */
  const seconds = (run) =>
    (run.state === "running" ? now() : run.changed) - run.started;

  /** Whole seconds while it runs, as each change is drawn. @param {Run} run */
  const taken = (run) =>
    run.state === "running"
      ? `${Math.floor(seconds(run))} s`
      : `${seconds(run).toFixed(1)} s`;

  return {
    ONLY_LOOKS,
    ask,
    follow,
    isAt,
    isPreview,
    isReplay,
    now,
    onView,
    played,
    post,
    seconds,
    get show() {
      return show;
    },
    standing,
    taken,
    together,
  };
})();
