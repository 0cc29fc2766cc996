"""What is typed while a page is still being connected, in a real browser."""

from pathlib import Path

from playwright.async_api import Page, expect

from tests.chromium import chromium, needs_chromium, served

UNCONNECTED = "window.did_handshake = false"
HELD = "window.asItWas = window.setTimeout; window.setTimeout = (f) => window.asItWas(f, 1_000)"
CONNECTED = "window.setTimeout = window.asItWas; window.did_handshake = true"


async def _overtaken(page: Page, field: str, text: str) -> None:
    """Type, and press Enter, so that the key's event reaches the server before the text's: each
    event of a page that isn't connected waits for itself, in a timer of its own."""
    await page.wait_for_function("window.did_handshake")
    await page.evaluate(UNCONNECTED)
    await page.get_by_label(field).fill(text)
    await page.evaluate(HELD)
    await page.wait_for_timeout(50)  # the text's event looks again, and then not for a second
    await page.evaluate(CONNECTED)
    await page.get_by_label(field).press("Enter")


@needs_chromium
async def test_enter_brings_along_what_was_typed(tmp_path: Path) -> None:
    async with chromium() as browser, served(tmp_path, "--empty") as address:
        page = await browser.new_page()
        await page.goto(address)
        await _overtaken(page, "Your name", "Ines")
        await page.wait_for_url("**/classroom/**")
        await _overtaken(page, "Write to #", "We begin at nine.")
        said = page.get_by_role("article").filter(has_text="We begin at nine.")
        await expect(said).to_have_count(1)
        await expect(page.get_by_label("Write to #")).to_have_value("")
        await page.context.close()
