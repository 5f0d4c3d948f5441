"""Arguments and preferences that make a page give the same pixels each time.

No selenium here. On one machine most of them change nothing; they are for another machine, with
another screen, other font settings, or a graphics card.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_visualdiff.browsers.spec import BrowserSpec

SMALL_SHARED_MEMORY = 512 * 2**20

_FEATURES = "Translate,MediaRouter,OptimizationHints,GlobalMediaControls,BackForwardCache"

_CHROMIUM = (
    # The same pixels
    "--force-color-profile=srgb",
    "--disable-lcd-text",
    "--font-render-hinting=none",
    "--hide-scrollbars",
    "--disable-gpu",
    "--disable-smooth-scrolling",
    "--autoplay-policy=user-gesture-required",
    "--lang=en-US",
    # Nothing of its own on the page or in the way
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-search-engine-choice-screen",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-infobars",
    # BackForwardCache keeps the last page alive, which makes the next navigation 20-30 ms slower.
    f"--disable-features={_FEATURES}",
    "--mute-audio",
    # No traffic or work but the page's
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-breakpad",
    "--metrics-recording-only",
    # A window behind another one is drawn all the same
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
)

CHROMIUM_PREFERENCES: dict[str, Any] = {
    "credentials_enable_service": False,
    "profile.password_manager_enabled": False,
    "profile.password_manager_leak_detection": False,
    "autofill.profile_enabled": False,
    "autofill.credit_card_enabled": False,
    "bookmark_bar.show_on_all_tabs": False,
    "browser.enable_spellchecking": False,
    "intl.accept_languages": "en-US,en",
    "translate.enabled": False,
}

_FIREFOX: dict[str, str | int | bool] = {
    # The same pixels
    "gfx.color_management.force_srgb": True,
    "gfx.webrender.software": True,
    "image.animation_mode": "none",
    "general.smoothScroll": False,
    "layout.spellcheckDefault": 0,
    "media.autoplay.default": 5,
    # 12 on Linux alone: everywhere else, and in Chromium, text that is only "monospace" has 13.
    "font.size.monospace.x-western": 13,
    "font.size.monospace.x-unicode": 13,
    "ui.caretBlinkTime": 0,
    "ui.useOverlayScrollbars": 1,
    "intl.accept_languages": "en-US, en",
    # Nothing of its own on the page or in the way
    "browser.aboutwelcome.enabled": False,
    "browser.formfill.enable": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.startup.page": 0,
    "browser.tabs.warnOnClose": False,
    "browser.translations.enable": False,
    "datareporting.policy.dataSubmissionPolicyBypassNotification": True,
    "datareporting.policy.firstRunURL": "",
    "extensions.formautofill.addresses.enabled": False,
    "extensions.formautofill.creditCards.enabled": False,
    "signon.autofillForms": False,
    "signon.rememberSignons": False,
    "startup.homepage_welcome_url": "about:blank",
    "termsofuse.bypassNotification": True,
    # No traffic or work but the page's
    "app.normandy.enabled": False,
    "app.update.auto": False,
    "app.update.disabledForTesting": True,
    "browser.newtabpage.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.sessionstore.resume_from_crash": False,
    "datareporting.healthreport.uploadEnabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "toolkit.telemetry.enabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
    "toolkit.telemetry.unified": False,
}


def configure_chromium(options: Any, spec: BrowserSpec) -> None:
    """Put our arguments and preferences into Selenium's options of a Chromium."""
    ratio, remote = spec.pixel_ratio, bool(spec.remote)
    for argument in chromium_arguments(ratio, headed=spec.headed, remote=remote):
        options.add_argument(argument)
    options.add_experimental_option("prefs", dict(CHROMIUM_PREFERENCES))
    # The bar that it announces automation with would take a part of the window.
    options.add_experimental_option("excludeSwitches", ["enable-automation"])


def configure_firefox(options: Any, spec: BrowserSpec) -> None:
    """Put our arguments and preferences into Selenium's options of a Firefox."""
    for argument in firefox_arguments(headed=spec.headed):
        options.add_argument(argument)
    for name, value in firefox_preferences(spec.pixel_ratio).items():
        options.set_preference(name, value)


def chromium_arguments(ratio: float, *, headed: bool, remote: bool) -> list[str]:
    """Command line of Chrome, Chromium and Edge."""
    arguments = [*_CHROMIUM, f"--force-device-scale-factor={ratio:g}"]
    if not headed:
        arguments.append("--headless=new")
    if not remote:
        arguments += _for_this_machine()
    return arguments


def firefox_arguments(*, headed: bool) -> list[str]:
    """Command line of Firefox."""
    return [] if headed else ["-headless"]


def firefox_preferences(ratio: float) -> dict[str, str | int | bool]:
    """Preferences of Firefox."""
    return {**_FIREFOX, "layout.css.devPixelsPerPx": f"{float(ratio)}"}


def _for_this_machine() -> list[str]:
    if not sys.platform.startswith("linux"):
        return []
    arguments = []
    if os.geteuid() == 0:
        # Chromium refuses to run its sandbox as root, which is usual in a container.
        arguments.append("--no-sandbox")
    if _shared_memory() < SMALL_SHARED_MEMORY:
        # A container's 64 MB of /dev/shm crash a large page.
        arguments.append("--disable-dev-shm-usage")
    return arguments


def _shared_memory() -> int:
    try:
        disk = os.statvfs("/dev/shm")  # noqa: S108 - measured, never written
    except OSError:
        return 0
    return disk.f_blocks * disk.f_frsize
