"""What axe finds: where a page cannot be used by keyboard, or by who hears it."""

from playwright.async_api import Page

from tests.talks import PATHS

# All rules are on, those too that are not of WCAG, or of its level AAA.
RUN = """async (within) => {
  const rules = axe.getRules().map(({ ruleId }) => [ruleId, { enabled: true }]);
  const options = { rules: Object.fromEntries(rules), resultTypes: ["violations"] };
  const { passes, violations } = await axe.run({ include: [within] }, options);
  if (!passes.length) throw new Error("axe has not looked");
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, html }) => `${id}: ${target} ${html.slice(0, 100)}`));
}"""


async def found_by_axe(page: Page, within: str = "html") -> list[str]:
    """Return a line for each thing that axe finds wrong in a page, as it is now."""
    if await page.evaluate("!window.axe"):
        script = PATHS.packages / "axe-core" / "axe.min.js"
        await page.evaluate(script.read_text("utf-8"))
    found: list[str] = await page.evaluate(RUN, within)
    return found
