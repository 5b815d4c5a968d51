/**
 * The Marp engine of this deck, and the only place that knows what a slide is.
 *
 * marp-cli makes one page of one Markdown file. What it is given here is an order
 * instead, as JSON, see `Order`: each section is parsed as the document that it is when
 * it previews alone, so that its front matter, its styles and its mistakes stay its own,
 * and the slides of all become one deck. What there is on each slide is written to
 * deck.json beside the page. Three things plain Marp lacks:
 *
 * - a local .svg picture becomes part of the page: its text takes the page's fonts,
 *   its colours follow the theme. One whose alt text is a demo's command is marked
 *   as that demo's terminal.
 * - ```python {1|3-5|all} walks through code: each "next" lights the next lines.
 * - a fence that names a source shows it as it is now.
 *
 * @typedef {object} Order
 * @property {{file: string, text: string}[]} sections in order; `file` is for people
 * @property {Record<string, string>} sources what the sources that fences name say
 * @property {string} pictures the folder that pictures are looked for in
 * @property {"dark" | "light"} colorScheme
 * @property {boolean} notes whether the page holds the speaker notes
 * @property {string} output where deck.json goes
 */

import { readFileSync, writeFileSync } from "node:fs"
import { isAbsolute, relative, resolve } from "node:path"
import { yaml } from "@marp-team/marpit/lib/markdown/directives/yaml.js"
import { load } from "js-yaml"
import postcss from "postcss"

const VEIL = "color-mix(in srgb, var(--panel) 65%, #0000)"
const STEPS = /^\S+\s+\{((?:[\d\s,|-]|all)+)\}/ // of a fence's opening line

/** What is wrong at a line of a section: one line for people. */
class Problem extends Error {}

// --- pictures ----------------------------------------------------------------------

/** Return the text of an SVG file inside a folder, from its root on; its label may be
 * the command of a demo. */
function readPicture(folder, source, label) {
  let path
  try {
    path = resolve(folder, decodeURIComponent(source))
  } catch {
    throw new Problem(`${source} is no address`)
  }
  const inside = relative(folder, path)
  if (inside.startsWith("..") || isAbsolute(inside)) {
    throw new Problem(`picture ${source} is outside the deck's folder`)
  }
  let text
  try {
    text = readFileSync(path, "utf8")
  } catch {
    const [, demo] = /^invoke demo\.(\S+)$/.exec(label) ?? []
    throw new Problem(`there is no ${source}${demo ? `: invoke record --demo ${demo}` : ""}`)
  }
  const root = text.search(/<svg[\s>]/)
  if (root < 0) throw new Problem(`picture ${source} holds no <svg>`)
  return text.slice(root)
}

/** Keep the ids and the styles of an SVG to itself, as a page holds many. */
function isolate(svg, name) {
  return svg
    .replace(/(\sid="|url\(#|href="#)/g, `$1${name}-`)
    .replace(/(<style[^>]*>)([^]*?)(<\/style>)/g, `$1#${name} {$2}$3`)
}

function inlinePictures(md) {
  const { escapeHtml } = md.utils
  const { image } = md.renderer.rules
  md.renderer.rules.image = (tokens, index, options, env, self) => {
    const token = tokens[index]
    const source = token.attrGet("src")
    const background = token.hidden
    if (background || /^[\w+.-]+:|^\/\//.test(source) || !source.endsWith(".svg")) {
      return image(tokens, index, options, env, self)
    }
    env.deck.pictures += 1
    const name = `picture-${env.deck.pictures}`
    const label = self.renderInlineAsText(token.children, options, env)
    const attributes = { id: name, role: "img", "aria-label": label }
    if (label.startsWith("invoke demo.")) {
      env.demo = label.slice("invoke demo.".length).replaceAll("-", "_")
      attributes.class = "terminal"
      attributes["data-slug"] = env.demo
    }
    if (token.attrGet("style")) attributes.style = token.attrGet("style")
    const written = Object.entries(attributes)
      .map(([key, value]) => ` ${key}="${escapeHtml(value)}"`)
      .join("")
    return guard(env, token, () => {
      const svg = isolate(readPicture(env.deck.order.pictures, source, label), name)
      return svg.replace("<svg", () => `<svg${written}`)
    })
  }
}

// --- fences ------------------------------------------------------------------------

/** Return the lit lines of a step as [first, last]: "3", "3-5", "1,3-5" or "all". */
function litLines(step, count) {
  if (step === "all") return [[1, count]]
  return step.split(",").map((part) => {
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(part.trim()) ?? []
    if (!(1 <= +first && +first <= +last && +last <= count)) {
      throw new Problem(
        `step "${step}": name lines from 1 to ${count} as 3, 3-5 or 1,3-5, or all`,
      )
    }
    return [+first, +last]
  })
}

/** Return the veil over all lines but the lit ones, as a CSS background. */
function veil(lit) {
  const stops = lit
    .sort(([a], [b]) => a - b)
    .map(([first, last]) => `${VEIL} 0 ${first - 1}lh, #0000 0 ${last}lh`)
  return `linear-gradient(${stops.join(", ")}, ${VEIL} 0)`
}

function stepThroughCode(md) {
  const { fence } = md.renderer.rules
  md.renderer.rules.fence = (tokens, index, options, env, self) => {
    const token = tokens[index]
    const { sources } = env.deck.order
    const source = token.info.split(/\s+/).find((word) => Object.hasOwn(sources, word))
    if (source) token.content = sources[source]
    const html = fence(tokens, index, options, env, self)
    const [, steps] = STEPS.exec(token.info) ?? []
    if (steps === undefined) return html
    return guard(env, token, () => {
      const count = token.content.trimEnd().split("\n").length
      env.steps += steps.split("|").length - 1
      const veils = steps.split("|").map((step, turn) => {
        const fragment = turn ? " data-marpit-fragment" : ""
        const lit = litLines(step.trim(), count)
        return `<span class="step"${fragment} style="--veil: ${veil(lit)}"></span>`
      })
      return html.replace(/<code[^>]*>/, (code) => code + veils.join(""))
    })
  }
}

// --- sections ----------------------------------------------------------------------

/** Let a rule work; what it finds wrong is noted with its place. */
function guard(env, token, rule) {
  try {
    return rule()
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    env.problems.add(`${env.file}:${lineOf(token)}: ${error.message}`)
    return ""
  }
}

const lineOf = (token) => (token.map ?? token.meta?.map ?? [0])[0] + 1

/** Let the tokens inside a paragraph know their line, too. */
function placeInlineTokens(md) {
  md.core.ruler.after("inline", "deck_lines", ({ tokens }) => {
    for (const { type, map, children } of tokens) {
      if (type !== "inline" || !map) continue
      let [line] = map
      for (const child of children) {
        child.meta = { ...child.meta, map: [line, line + 1] }
        if (child.type.endsWith("break")) line += 1
      }
    }
  })
}

/** Return the minutes and the theme that a section asks for, once they are sound. */
function readDirectives(marp, { file, text }, tokens, env) {
  const complain = (name, what) => {
    const lines = text.split("\n")
    const inFront = lines.findIndex((line) => new RegExp(`^["']?${name}\\b`).test(line))
    const inComment = lines.findIndex((line) => line.includes(`${name}:`))
    const line = Math.max(inFront < 0 ? inComment : inFront, 0) + 1
    env.problems.add(`${file}:${line}: ${what}`)
  }
  const asked = tokens.map(({ meta }) => meta?.marpitParsedDirectives ?? {})
  const { meta: front = "" } = tokens.find(({ type }) => type === "front_matter") ?? {}
  const { global, local } = marp.customDirectives
  const read = yaml(front, [...Object.keys(global), ...Object.keys(local)])
  if (read) asked.push(read)
  else if (front.trim()) {
    try {
      load(front) // Marp drops without a word what it cannot read
    } catch ({ reason, mark }) {
      env.problems.add(`${file}:${(mark?.line ?? 0) + 2}: front matter: ${reason}`)
    }
  }
  for (const { theme } of asked) {
    if (!theme || marp.themeSet.has(theme)) continue
    const known = [...marp.themeSet.themes()].map(({ name }) => name)
    complain("theme", `there is no theme ${theme}; there are ${known.join(", ")}`)
  }
  const { minutes = 0, theme, size } = marp.lastGlobalDirectives
  if (!/^\d{1,4}(\.\d+)?$/.test(`${minutes}`)) {
    complain("minutes", `minutes are a number such as 2 or 1.5, not ${minutes}`)
  }
  for (const [name, value] of Object.entries({ theme, size })) {
    const { [name]: first, file: where = file } = env.deck.first ?? {}
    if (env.deck.first && value && value !== first) {
      const deck = `a deck of ${name} ${first ?? "as it comes"} (${where})`
      complain(name, `${name} ${value} in ${deck}: a page has one`)
    }
  }
  env.deck.first ??= { file, theme, size }
  return Number(minutes)
}

/** Return the styles of a section, changed so that they hold for its slides alone. */
function inSection(styles, number) {
  const root = postcss.parse(styles.join("\n"))
  const names = new Set()
  root.walkAtRules(/keyframes$/, (rule) => names.add(rule.params))
  const renamed = (text) =>
    text.replace(/[\w-]+/g, (word) => (names.has(word) ? `${word}-${number}` : word))
  root.walkAtRules(/keyframes$/, (rule) => (rule.params = renamed(rule.params)))
  root.walkDecls(/animation(-name)?$/, (each) => (each.value = renamed(each.value)))
  root.walkRules((rule) => {
    if (rule.parent.type === "rule" || /keyframes$/.test(rule.parent.name)) return
    rule.selectors = rule.selectors.map((selector) => {
      const rest = /^(?:section|:root)(?![\w-])(.*)$/s.exec(selector)?.[1]
      return `section:where([data-section="${number}"])${rest ?? ` ${selector}`}`
    })
  })
  return root.toString()
}

/** Return the styles of a section; name those that are no CSS. */
function readStyles(marp, tokens, number, env) {
  for (const token of tokens.filter(({ type }) => type === "marpit_style")) {
    guard(env, token, () => {
      try {
        postcss.parse(token.content)
      } catch ({ reason }) {
        throw new Problem(`this style is no CSS: ${reason}`)
      }
    })
  }
  return env.problems.size ? "" : inSection(marp.lastStyles, number)
}

/** Let the links of a section lead to its own slides and headings. */
function keepLinks(tokens, offset, ids) {
  const renamed = new Map()
  for (const token of tokens.filter(({ type }) => type === "heading_open")) {
    const id = token.attrGet("id")
    if (id && ids.has(id)) {
      renamed.set(id, `${id}-${offset}`)
      token.attrSet("id", `${id}-${offset}`)
    }
    ids.add(token.attrGet("id"))
  }
  for (const link of tokens.flatMap(({ children }) => children ?? [])) {
    const [, target] = /^#(.+)$/.exec(link.attrGet("href") ?? "") ?? []
    if (/^\d+$/.test(target)) link.attrSet("href", `#${offset + Number(target)}`)
    else if (renamed.has(target)) link.attrSet("href", `#${renamed.get(target)}`)
  }
}

/** Return the text of a heading, without its marks. */
const textOf = (children) =>
  children
    .map(({ type, content, children }) => {
      if (type === "text" || type === "code_inline") return content
      if (type === "image") return textOf(children)
      return type.endsWith("break") || /^<br\b/i.test(content) ? " " : ""
    })
    .join("")
    .replace(/\s+/g, " ")
    .trim()

/** Return each slide as its own list of tokens, from its <svg> to that one's end. */
function splitSlides(tokens) {
  const slides = []
  let depth = 0
  for (const token of tokens) {
    if (token.type === "marpit_inline_svg_open" && depth++ === 0) slides.push([])
    if (depth) slides.at(-1).push(token)
    if (token.type === "marpit_inline_svg_close") depth -= 1
  }
  return slides
}

const isPage = ({ type, meta }) =>
  type === "marpit_slide_open" && !/^(skip|hold)$/.test(meta.marpitDirectives?.paginate)

/** Parse a section, as Marp does; return its slides' tokens, and what they say. */
function parseSection(marp, section, number, deck) {
  const env = { deck, file: section.file, problems: new Set(), steps: 0, demo: null }
  const { themeSet } = marp
  const [themes, standard] = [[...themeSet.themes()], themeSet.default]
  const tokens = marp.markdown.parse(section.text, env)
  const minutes = readDirectives(marp, section, tokens, env)
  const isLast = number === deck.order.sections.length - 1
  if (!isLast) {
    themes.forEach((theme) => themeSet.addTheme(theme)) // "size" has changed them
    themeSet.default = standard
  }
  for (const { meta } of tokens) {
    if (number && meta?.marpCoreScriptTokens) meta.marpCoreScriptTokens = [] // one is enough
  }
  const places = tokens.flatMap(({ children }) => children ?? [])
  return {
    env,
    number,
    minutes,
    slides: splitSlides(tokens),
    pages: tokens.filter(isPage).length,
    pictures: places
      .filter(({ type }) => type === "image")
      .map((image) => [image.attrGet("src"), lineOf(image)]),
    wrapper: tokens.filter(({ type }) => type.startsWith("marpit_container")),
    comments: marp.lastComments,
    styles: readStyles(marp, tokens, number, env),
    transitions: transitionsOf(marp)?.builtinTransitionStyle,
  }
}

/** What marp-cli keeps of a parse for its page: the styles of the transitions used. */
const transitionsOf = (marp) =>
  Object.getOwnPropertySymbols(marp)
    .map((symbol) => marp[symbol])
    .find((kept) => kept && Object.hasOwn(kept, "builtinTransitionStyle"))

/** Render a slide; return its HTML and what deck.json says of it. */
function renderSlide(marp, section, index, counts) {
  const { env, number, slides, comments } = section
  const tokens = slides[index]
  // The first slide begins where its text does, each other one at its ruler.
  const opening = tokens.find(({ type, map }) =>
    index ? type === "marpit_slide_open" : map && !/^marpit_.*_open$|^front/.test(type),
  )
  for (const token of tokens) {
    if (token.attrGet("id") === `${index + 1}`) token.attrSet("id", `${counts.slide}`)
    const page = token.attrGet("data-marpit-pagination")
    if (!page) continue
    token.attrSet("data-marpit-pagination", counts.pagesBefore + Number(page))
    token.attrSet("data-marpit-pagination-total", counts.pages)
  }
  for (const token of tokens.filter(({ tag }) => tag === "section")) {
    if (token.nesting < 0) continue
    token.attrSet("data-section", `${number}`)
    token.attrSet("data-color-scheme", env.deck.order.colorScheme)
  }
  const listed = tokens.filter((token) => token.attrGet("data-marpit-fragment") !== null)
  Object.assign(env, { steps: listed.length, demo: null })
  const html = marp.markdown.renderer.render(tokens, marp.markdown.options, env)
  const heading = tokens.findIndex(({ type }) => type === "heading_open")
  return {
    html,
    facts: {
      section: number,
      file: env.file,
      line: lineOf(opening ?? {}),
      title: heading < 0 ? "" : textOf(tokens[heading + 1].children),
      steps: env.steps,
      demo: env.demo,
      notes: comments[index].join("\n\n"),
    },
  }
}

/** Render the deck that an order asks for, and write deck.json. */
function renderDeck(marp, order) {
  const deck = { order, pictures: 0 }
  const parse = (section, number) => parseSection(marp, section, number, deck)
  const sections = order.sections.map(parse)
  // marp-cli takes title, language and size of its page from what was parsed last.
  marp.markdown.parse(order.sections[0].text, { ...sections[0].env, problems: new Set() })
  const transitions = transitionsOf(marp)
  if (transitions) {
    const used = new Set(sections.map((section) => section.transitions))
    transitions.builtinTransitionStyle = [...used].join("")
  }
  const counts = { slide: 0, pagesBefore: 0, pages: 0 }
  for (const { pages } of sections) counts.pages += pages
  const ids = new Set()
  const slides = sections.flatMap((section) => {
    keepLinks(section.slides.flat(), counts.slide, ids)
    const rendered = section.slides.map((_, index) => {
      counts.slide += 1
      return renderSlide(marp, section, index, counts)
    })
    counts.pagesBefore += section.pages
    return rendered
  })
  const problems = sections.flatMap(({ env }) => [...env.problems])
  const facts = {
    sections: sections.map(({ env, number, minutes, pictures }) => ({
      file: env.file,
      title: slides.find(({ facts }) => facts.section === number)?.facts.title ?? "",
      minutes,
      pictures,
    })),
    slides: slides.map(({ facts }) => facts),
    problems,
  }
  writeFileSync(order.output, JSON.stringify(facts))
  if (problems.length) throw new Error("the deck has problems: see deck.json")
  marp.lastStyles = sections.map(({ styles }) => styles)
  const [open, close] = sections[0].wrapper.map((token) =>
    marp.markdown.renderer.render([token], marp.markdown.options, {}),
  )
  return {
    html: `${open}${slides.map(({ html }) => html).join("")}${close}`,
    css: marp.renderStyle(marp.lastGlobalDirectives.theme),
    comments: sections.flatMap(({ comments }) =>
      comments.map((each) => (order.notes ? each : [])),
    ),
  }
}

export default (options) => {
  options.emoji = { shortcode: false, unicode: false }
  options.math = false
  const marp = options.marp
    .use(placeInlineTokens)
    .use(inlinePictures)
    .use(stepThroughCode)
  marp.customDirectives.global.minutes = (minutes) => ({ minutes })
  marp.render = (order) => renderDeck(marp, JSON.parse(order))
  return marp
}
