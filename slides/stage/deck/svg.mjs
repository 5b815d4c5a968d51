/** An SVG that becomes part of a page keeps its ids and its styles to itself. */

import { parse, renameKeyframes } from "./styles.mjs"

const PIECE =
  /<!--[^]*?-->|(<style\b[^>]*(?<!\/)>)([^]*?)(<\/style\s*>)|<[\w:-](?:"[^"]*"|'[^']*'|[^'">])*>/g
const ATTRIBUTE = /([\w:-]+)(\s*=\s*)(["'])([^]*?)\3/g
const ID = /\sid\s*=\s*(["'])(.*?)\1/g
const URL = /(url\(\s*(?:["']|&quot;|&apos;)?#)([^"'&)\s]+)/g
const EVENT = /(?:\w|\\-)+(?=\.[a-z])/g // of an animation: whose it is
const SIGNS = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&" }
const AS_ALONE = ' font-size="16"' // of text that has no size; else it has the slide's

/** Return whether an SVG asks for what only a page has: a variable that is not its own. */
export const asksForPage = (svg) =>
  [...svg.matchAll(/var\(\s*(--[\w-]+)/g)].some(
    ([, variable]) => !new RegExp(`${variable}\\s*:`).test(svg),
  )

/** Return an SVG, from its root on, so that it has this id, and a page may hold many. */
export function isolate(svg, name) {
  const ids = new Set([...svg.matchAll(ID)].map(([, , id]) => id))
  const rootId = /^<svg\b[^>]*?\sid\s*=\s*(["'])(.*?)\1/.exec(svg)?.[2]
  const renamed = (id) => {
    if (!ids.has(id)) return id
    return id === rootId ? name : `${name}-${id}`
  }
  // A hyphen would subtract there.
  const inEvent = (id) => renamed(id.replaceAll("\\", "")).replaceAll("-", "\\-")
  const inUrls = (text) => text.replace(URL, (_, before, id) => before + renamed(id))

  function value(key, text) {
    if (key === "id") return renamed(text)
    if (/(^|:)href$/.test(key)) return text.replace(/^#(.+)$/, (_, id) => `#${renamed(id)}`)
    if (key.startsWith("aria-")) return text.replace(/\S+/g, renamed)
    if (/^(begin|end)$/.test(key)) return text.replace(EVENT, inEvent)
    return inUrls(text)
  }

  const tag = (text) =>
    text.replace(
      ATTRIBUTE,
      (_, key, is, quote, held) => key + is + quote + value(key, held) + quote,
    )

  return svg
    .replace(PIECE, (piece, open, css, close) => {
      if (piece.startsWith("<!--")) return ""
      return open ? open + styles(css, name, renamed, inUrls) + close : tag(piece)
    })
    .replace(/^<svg\b[^>]*?(?=\s*\/?>)/, (root) => {
      const others = root.replace(ID, "")
      return `${others.replace(/^<svg/, `<svg id="${name}"`)}${AS_ALONE}`
    })
}

/** Return the styles of an SVG, changed so that they hold for it alone. */
function styles(css, name, renamed, inUrls) {
  const isRaw = css.includes("<![CDATA[")
  const text = isRaw
    ? css.replace(/<!\[CDATA\[|\]\]>/g, "")
    : css.replace(/&(?:lt|gt|quot|apos|amp);/g, (sign) => SIGNS[sign])
  const root = parse(text)
  renameKeyframes(root, name)
  root.walkDecls((each) => (each.value = inUrls(each.value)))
  root.walkRules((rule) => {
    if (rule.parent.type === "rule" || /keyframes$/.test(rule.parent.name)) return
    rule.selectors = rule.selectors.map((selector) => {
      const own = selector
        .replace(/#([\w-]+)/g, (_, id) => `#${renamed(id)}`)
        .replace(/:root/g, `#${name}`)
      // A pseudo-element may stand in no ":is()"; the picture itself has none.
      return /::/.test(own) ? `#${name} ${own}` : `:is(#${name}, #${name} *):is(${own})`
    })
  })
  return root.toString().replaceAll("&", "&amp;").replaceAll("<", "&lt;")
}
