/**
 * Draws what `invoke export` hands out: node draw.mjs '{"browser": …}', see `order`.
 *
 * Says on its standard output, in lines of JSON, what the page tells of the talk, which
 * slides overflow (and ends, unless they may), which files are drawn, and what went wrong.
 */

import { mkdtempSync, readFileSync } from "node:fs"
import { availableParallelism } from "node:os"
import { basename, join } from "node:path"
import { pathToFileURL } from "node:url"
import puppeteer from "puppeteer-core"

/** The browser and the built page (paths), the folder to draw into, what to draw there
 * ("slides.pdf", "steps.pdf", "handout.pdf", or "N.png" for slide N), whether slides may
 * overflow, and for how many seconds to be patient while nothing moves. */
const order = JSON.parse(process.argv[2])
const queue = order.files.values()
const say = (what) => console.log(JSON.stringify(what))
const beside = (name) => readFileSync(new URL(name, import.meta.url), "utf8")

const ONE_AT_A_TIME = `@media screen {
  body { margin: 0; overflow: hidden }
  .bespoke-marp-note, svg[data-marpit-svg]:not(.drawn) { display: none !important }
  svg.drawn { display: block; width: 100vw; height: 100vh }
}`

const GRACE = 2_000 // ms, for a browser to close
const START = 60_000 // ms: a browser that has not started by then never will
const WORKS = 0.05 // of a processor's time: a browser that waits takes less

/** Say what is wrong, and end: with all browsers, which are asked to first. */
function fail({ message }) {
  const error = message.split("\n")[0]
  process.stdout.write(`${JSON.stringify({ error })}\n`, async () => {
    setTimeout(() => process.exit(1), GRACE)
    await Promise.allSettled(browsers.map(({ browser }) => browser.close()))
    process.exit(1)
  })
}

const browsers = []
let drawn = 0
let worked = 0 // seconds of processor time that the browsers have had
const had = new Map() // the same, for each process

function count({ processInfo }) {
  for (const { id, cpuTime } of processInfo) {
    worked += Math.max(0, cpuTime - (had.get(id) ?? 0))
    had.set(id, cpuTime)
  }
}

/** End with an error once nothing is drawn and no browser works. A large page takes a
 * slow machine minutes: as long as it is at work, we wait. */
function watch() {
  const TURNS = 10 // looks: of a machine that slept for hours, one is lost
  let [turn, before] = [0, { drawn, worked }]
  const look = () => {
    for (const { session } of browsers) {
      session.send("SystemInfo.getProcessInfo").then(count, () => {})
    }
    if (++turn % TURNS) return
    if (drawn === before.drawn && worked - before.worked < WORKS * order.patience) {
      fail(new Error(`nothing has moved for ${order.patience} s`))
    }
    before = { drawn, worked }
  }
  setInterval(look, (1000 * order.patience) / TURNS).unref()
}

async function launch() {
  // Its profile goes with our folder, whoever ends us.
  const userDataDir = mkdtempSync(join(order.folder, "browser-"))
  const ours = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false }
  const patient = { timeout: START, protocolTimeout: 0 } // from then on, see `watch`
  const start = { executablePath: order.browser, userDataDir, pipe: true }
  const options = { ...start, ...ours, ...patient }
  try {
    return await puppeteer.launch(options)
  } catch {
    // Root and most containers cannot have a sandbox; what is shown is our own page.
    return puppeteer.launch({ ...options, args: ["--no-sandbox"] })
  }
}

/** Let Marp's script, which a slide holds, fit headings and code. */
function fit() {
  const script = document.createElement("script")
  script.text = document.querySelector("svg[data-marpit-svg] script").text
  document.head.append(script)
}

/** Open the deck as plain HTML: without its scripts all slides are there to be seen. They
 * may be changed, and are then as Marp shows them. */
async function open(browser, change = () => {}, ...told) {
  const page = await browser.newPage()
  page.setDefaultTimeout(0)
  await page.setJavaScriptEnabled(false)
  const fine = { deviceScaleFactor: 1.5 } // from the start: letters are laid out for it
  await page.setViewport({ width: 1280, height: 720, ...fine })
  await page.goto(pathToFileURL(order.page).href)
  const { width, height } = await page.evaluate(describe)
  await page.setViewport({ width, height, ...fine })
  await page.evaluate(change, ...told)
  await page.setJavaScriptEnabled(true)
  await page.bringToFront() // else it has no frames, and nothing is fitted
  await page.evaluate(fit)
  await page.evaluate(`${beside("../page/overflow.js")}; fitted(document)`)
  await page.setJavaScriptEnabled(false) // what is fitted stays so
  return page
}

function describe() {
  const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? ""
  return {
    title: document.title,
    author: meta("author"),
    description: meta("description"),
    width: document.querySelector("svg[data-marpit-svg]").viewBox.baseVal.width,
    height: document.querySelector("svg[data-marpit-svg]").viewBox.baseVal.height,
  }
}

/** Repeat each slide for each of its steps, marked as the deck's script does it. */
function spreadSteps() {
  for (const slide of document.querySelectorAll("svg[data-marpit-svg]")) {
    const steps = slide.querySelectorAll("[data-marpit-fragment]").length
    for (let done = 0; steps && done <= steps; done++) {
      const page = slide.cloneNode(true)
      page.querySelectorAll("[data-marpit-fragment]").forEach((fragment, turn) => {
        fragment.dataset.bespokeMarpFragment = turn < done ? "active" : "inactive"
      })
      slide.before(page)
    }
    if (steps) slide.remove()
  }
}

/** Put the notes beneath their slides, in the colours for paper. */
function layHandout(style) {
  for (const paragraph of document.querySelectorAll(".bespoke-marp-note p")) {
    for (const text of paragraph.textContent.split(/\n{2,}/)) {
      const part = document.createElement("p")
      part.textContent = text
      paragraph.before(part)
    }
    paragraph.remove()
  }
  document.querySelectorAll("svg[data-marpit-svg]").forEach((slide, index) => {
    const sheet = slide.parentElement.cloneNode() // the theme's rules ask for its id
    sheet.className = "sheet"
    slide.before(sheet)
    const note = document.querySelector(`.bespoke-marp-note[data-index="${index}"]`)
    sheet.append(slide, note ?? "")
    const sections = [...slide.querySelectorAll("section")] // a background has its own
    const isColoured = sections.some(
      ({ style, dataset }) =>
        style.color ||
        style.backgroundColor ||
        style.backgroundImage ||
        (dataset.marpitAdvancedBackground === "content" &&
          !dataset.marpitAdvancedBackgroundSplit),
    )
    // In a colour, or over a background, that was chosen, text is legible as it is.
    for (const section of isColoured ? [] : sections) section.dataset.colorScheme = "light"
  })
  const sheets = document.createElement("style")
  sheets.textContent = style
  document.head.append(sheets)
}

/** Draw a PDF from a page of its own. Left open, it would stay in front of the others,
 * and a full Chromium takes seconds for a picture of a page in the background. */
async function drawPdf(browser, path) {
  const changes = {
    "steps.pdf": [spreadSteps],
    "handout.pdf": [layHandout, beside("handout.css")],
  }
  const page = await open(browser, ...(changes[basename(path)] ?? []))
  const paper = { preferCSSPageSize: true, printBackground: true, tagged: true }
  await page.pdf({ path, timeout: 0, ...paper })
  await page.close()
}

async function drawPicture(page, path, number) {
  await page.evaluate((number) => {
    document.querySelectorAll("svg[data-marpit-svg]").forEach((slide, index) => {
      slide.classList.toggle("drawn", index + 1 === number)
    })
  }, number)
  await page.bringToFront()
  if (await page.evaluate(() => document.visibilityState) !== "visible") {
    throw new Error(`slide ${number} is not in front: its picture would take seconds`)
  }
  await page.screenshot({ path, captureBeyondViewport: false })
}

async function work(browser, pictures) {
  await pictures.addStyleTag({ content: ONE_AT_A_TIME })
  for (const file of queue) {
    const path = join(order.folder, file)
    if (file.endsWith(".pdf")) await drawPdf(browser, path)
    else await drawPicture(pictures, path, parseInt(file))
    drawn += 1
    say({ drawn: file })
  }
}

/** A browser, and a line to it that no page of it blocks. */
async function begin() {
  const browser = await launch()
  const begun = { browser, session: await browser.target().createCDPSession() }
  browsers.push(begun)
  return browser
}

// Puppeteer kills its browsers on exit; it would rather ask them to close, and wait.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1))
process.on("uncaughtException", fail) // of a program that cannot even be started

try {
  const browser = await begin()
  watch()
  const first = await open(browser)
  say({ talk: await first.evaluate(describe) })
  const overflow = await first.evaluate("overflowing(document)")
  say({ overflow })
  if (order.overflow || !overflow.length) {
    // One browser draws one picture at a time, so there is one for each processor.
    const others = Math.min(availableParallelism(), 4, order.files.length) - 1
    await Promise.all([
      work(browser, first),
      ...Array.from({ length: others }, async () => {
        const browser = await begin()
        await work(browser, await open(browser))
      }),
    ])
  }
  await Promise.all(browsers.map(({ browser }) => browser.close()))
} catch (error) {
  fail(error)
}
