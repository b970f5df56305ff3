// The time zone of the browser, told to the server in a cookie: dates are written there. The next request knows it.

import { find } from "./dom";

/** So long browsers keep a cookie at most, in seconds. */
const LASTS = 400 * 24 * 60 * 60;

/** Tell the browser's zone now, and again when somebody comes back to this tab: they may have travelled. */
export function tellZone(): void {
  const { dataset } = document.documentElement;
  const told = tell();
  // What is new to the server it did not write this page by. A notice is shown once, and would be gone.
  if (told && told !== dataset["zone"] && dataset["followsBrowser"] !== undefined && document.body.dataset["user"] && !find("#notices > .notice")) {
    location.reload();
  }
  document.addEventListener("visibilitychange", () => {
    const other = document.visibilityState === "visible" ? tell() : undefined;
    if (other && dataset["followsBrowser"] !== undefined) dataset["zone"] = other;
  });
}

/** Leave the zone for the server; its name, where that is news and the browser keeps it. */
function tell(): string | undefined {
  const name = document.documentElement.dataset["zoneCookie"];
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!name || !zone || isTold(name, zone)) return undefined;
  const bound = name.startsWith("__Host-") ? "; Secure" : "";
  document.cookie = `${name}=${zone}; Path=/; SameSite=Lax; Max-Age=${LASTS}${bound}`;
  return isTold(name, zone) ? zone : undefined;
}

function isTold(name: string, zone: string): boolean {
  return document.cookie.split("; ").includes(`${name}=${zone}`);
}
