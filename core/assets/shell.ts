// The frame around every page: the sidebar that opens, menus that close, forms of settings that save themselves.

import { add, closeMenus, openKeys, openPalette } from "./commands";
import { find, findAll, isNarrow } from "./dom";
import { undo } from "./toast";
import { say } from "./words";

/** Begin. */
export function start(): void {
  add(
    { name: "palette", label: say("All commands"), keys: ["Ctrl-K"], icon: "keyboard", run: openPalette },
    { name: "keys", label: say("Keyboard shortcuts"), keys: ["?"], icon: "keyboard", run: openKeys },
    { name: "undo", label: say("Undo"), keys: ["z"], icon: "undo", run: undo },
    { name: "menu", label: say("Show or hide folders"), icon: "menu", can: () => innerWidth < 1100, run: toggleSide },
    { name: "print-now", label: say("Print this page"), icon: "print", can: () => Boolean(find("[data-print]")), run: () => print() },
  );
  // A form that came back begins where the mistake is.
  find('#main [aria-invalid="true"]')?.focus();
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    closeMenus(target.closest("details.menu"));
    if (target.closest(".menu-body :is(a, button)")) closeMenus();
    const side = find("#side");
    if (side?.dataset["open"] !== undefined && (!target.closest("#side") || target.closest("#side a[href]:not([data-do=menu])"))) {
      if (!target.closest("[data-do=menu]")) closeSide();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.activeElement?.closest<HTMLDetailsElement>("details.menu[open]");
    if (closeMenus() || closeSide()) {
      menu?.querySelector("summary")?.focus();
      event.preventDefault();
    }
  });
  for (const link of findAll<HTMLAnchorElement>("a[href='/settings'], a[href='/folders']")) {
    add({ name: `go ${link.pathname}`, label: link.textContent?.trim() ?? "", icon: "settings", run: () => location.assign(link.href) });
  }
}

function toggleSide(): void {
  const side = find("#side");
  if (!side || closeSide()) return;
  side.dataset["open"] = "";
  find("a.link[aria-current], a.link", side)?.focus({ preventScroll: true });
}

/** Close the sidebar where it lies over the page; whether it was open. */
export function closeSide(): boolean {
  const side = find("#side");
  const open = side?.dataset["open"] !== undefined || location.hash === "#side";
  if (side && open) {
    delete side.dataset["open"];
    if (location.hash === "#side") history.replaceState(history.state, "", location.pathname + location.search);
    if (side.contains(document.activeElement)) find(isNarrow() ? ".tool.narrow" : ".side-open")?.focus();
  }
  return Boolean(open);
}
