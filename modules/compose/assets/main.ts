// The start of compose's scripts: what opens a panel, the form on a page of its own, and leaving the page.

import { add } from "../../../core/assets/commands";
import { ask } from "../../../core/assets/dialogs";
import { find } from "../../../core/assets/dom";
import { say } from "../../../core/assets/words";
import { composeAddress } from "../../mail/assets/reading";
import { all, Composer } from "./composer";
import { bringBack, goBack, losesSomething, openPanel, rememberPanels } from "./dock";

if (document.body.dataset["user"]) {
  add({ name: "compose", label: say("Compose"), keys: ["c"], icon: "compose", run: (by) => openPanel(by?.getAttribute("href") ?? "/compose") });
  document.addEventListener("click", onClick);
  bringBack();
}
const form = find<HTMLFormElement>("#main form.compose");
if (form) begin(form);
window.addEventListener("beforeunload", (event) => losesSomething() && event.preventDefault());
window.addEventListener("pagehide", () => {
  rememberPanels();
  all().forEach(({ outgoing }) => outgoing.leave());
});
window.addEventListener("popstate", () => goBack());
document.addEventListener("submit", (event) => onLogout(event), true);
for (const kind of ["dragover", "drop"] as const) {
  // A file that misses the panel by an inch must not take the place of the page.
  document.addEventListener(kind, (event) => all().length && event.dataTransfer?.types.includes("Files") && event.preventDefault());
}
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") all().forEach(({ outgoing }) => outgoing.outOfSight());
});
for (const kind of ["online", "focus"]) {
  window.addEventListener(kind, () => all().forEach(({ drafts }) => drafts.unsure && void drafts.save()));
}

function onClick(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element).closest<HTMLAnchorElement>("a[href]");
  if (!link || link.target === "_blank") return;
  const own = link.origin === location.origin && link.pathname === "/compose";
  const address = own ? link.pathname + link.search : composeAddress(link.getAttribute("href") ?? "");
  if (!address) return;
  event.preventDefault();
  void openPanel(address);
}

/** What is being written is kept before the session ends that could keep it. */
function onLogout(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  if (!form.matches("[data-logout]") || !all().length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  void Promise.all(all().map(({ outgoing }) => outgoing.settle())).then(async (kept) => {
    const sure = kept.every(Boolean) || (await ask(say("Log out without saving?"), say("A message that you are writing could not be saved."), say("Log out")));
    if (!sure) return;
    all().forEach((composer) => composer.end());
    form.requestSubmit();
  });
}

/** The form on a page of its own. */
function begin(form: HTMLFormElement): void {
  const site = document.title.split(" · ").pop() ?? "";
  new Composer(form, {
    show: (yes) => (form.inert = !yes),
    leave: () => location.assign(form.dataset["back"] ?? "/mail/"),
    titled: (title) => (document.title = `${title} · ${site}`),
  });
}
