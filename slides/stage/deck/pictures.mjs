/** Local .svg pictures that ask for the page's colours or letters become part of it; that
 * of a demo is its terminal. Any other stays the picture that Marp shows. */

import { readFileSync, statSync } from "node:fs"
import { isAbsolute, relative, resolve } from "node:path"
import { guard, Problem } from "./problems.mjs"
import { asksForPage, isolate } from "./svg.mjs"

/** Return the demo that a command runs, as stage/names.py has it; of another text, none. */
function demoOf(label) {
  if (!label.startsWith("invoke demo.")) return undefined
  const [, words] = /^invoke demo\.([\w-]+(?: --[\w-]+)*)$/.exec(label) ?? []
  if (!words) throw new Problem(`${label}: the flags of a demo on a slide take no value`)
  return words
    .split(" --")
    .map((word) => word.replaceAll("-", "_"))
    .join("-")
}

const NOTHING = '<svg viewBox="0 0 1280 720"></svg>'

/** Return the text of an SVG file inside a folder, from its root on; it may be the
 * recording of a demo. */
function readPicture(folder, source, demo) {
  const remedy = demo ? `: invoke record --demo ${demo}` : ""
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
    if (!statSync(path).isFile()) throw new Error("a pipe would be read without end")
    text = readFileSync(path, "utf8")
  } catch {
    throw new Problem(`there is no ${source}${remedy}`)
  }
  const root = text.search(/<svg[\s>]/)
  if (root < 0) throw new Problem(`picture ${source} holds no <svg>${remedy}`)
  return text.slice(root)
}

export function inlinePictures(md) {
  const { escapeHtml } = md.utils
  const { image } = md.renderer.rules
  md.renderer.rules.image = (tokens, index, options, env, self) => {
    const token = tokens[index]
    const source = token.attrGet("src")
    const background = token.hidden
    if (background || /^[\w+.-]+:|^\/\//.test(source) || !source.endsWith(".svg")) {
      return image(tokens, index, options, env, self)
    }
    const label = self.renderInlineAsText(token.children, options, env)
    const attributes = { role: "img", "aria-label": label }
    if (token.attrGet("style")) attributes.style = token.attrGet("style")
    return guard(env, token, () => {
      const demo = demoOf(label)
      if (demo) {
        env.demo = demo
        Object.assign(attributes, { class: "terminal", "data-demo": demo })
      }
      const read = () => readPicture(env.deck.order.pictures, source, demo)
      // A show goes on without a recording.
      const svg = demo ? guard(env, token, read, env.damaged, NOTHING) : read()
      if (!demo && !asksForPage(svg)) return image(tokens, index, options, env, self)
      env.deck.pictures += 1
      const written = Object.entries(attributes)
        .map(([key, value]) => ` ${key}="${escapeHtml(value)}"`)
        .join("")
      const own = isolate(svg, `picture-${env.deck.pictures}`)
      return own.replace("<svg", () => `<svg${written}`)
    })
  }
}
