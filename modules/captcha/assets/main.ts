// The test on the login page: work for the browser before the form is sent, or the script of a provider.

import { find, make } from "../../../core/assets/dom";
import { getPart } from "../../../core/assets/net";
import { say } from "../../../core/assets/words";
import { firstBits } from "./sha256";

interface Provider {
  ready(run: () => void): void;
  execute(key: string, asked: { action: string }): Promise<string>;
}

// A solution that is sent in its last seconds may come too late.
const EARLY = 30;
// So many milliseconds of work leave the page time for what its person types.
const SLICE = 12;

/** The first number that, after the puzzle's name and a space, gives a hash with so many zero bits in front. */
async function solve(token: string, effort: number): Promise<string> {
  const name = token.split(".")[0] ?? "";
  for (let number = 0; ; ) {
    const ends = performance.now() + SLICE;
    while (performance.now() < ends) {
      for (const last = number + 100; number < last; number++) {
        if (firstBits(`${name} ${number}`) >>> (32 - effort) === 0) return String(number);
      }
    }
    await new Promise((resolve) => setTimeout(resolve));
  }
}

function tell(box: HTMLElement, words: string): void {
  const status = find("[data-status]", box);
  if (status) status.textContent = words;
}

/** Send the form once the test was passed. */
function hold(form: HTMLFormElement, box: HTMLElement, pass: () => Promise<void>): void {
  let passed = false;
  form.addEventListener("submit", (event) => {
    if (passed) return;
    event.preventDefault();
    tell(box, say("One moment: your browser shows that you are not a program."));
    pass()
      .then(() => {
        passed = true;
        // Not while the first attempt is still being told of: browsers leave out a second one then.
        setTimeout(() => form.requestSubmit());
      })
      .catch(() => tell(box, say("The test for people failed. Please load the page again.")));
  });
}

function work(form: HTMLFormElement, box: HTMLElement): void {
  let begun = Date.now();
  let solution = solve(box.dataset["puzzle"] ?? "", Number(box.dataset["effort"]));

  async function renew(): Promise<void> {
    const fresh = find("[data-puzzle]", await getPart("/login", "login.form"));
    box.dataset["puzzle"] = fresh?.dataset["puzzle"] ?? "";
    begun = Date.now();
    solution = solve(box.dataset["puzzle"], Number(fresh?.dataset["effort"]));
  }

  hold(form, box, async () => {
    if (Date.now() - begun > (Number(box.dataset["seconds"]) - EARLY) * 1000) await renew();
    find<HTMLInputElement>("[name=captcha_proof]", box)!.value = await solution;
    find<HTMLInputElement>("[name=captcha_puzzle]", box)!.value = box.dataset["puzzle"] ?? "";
  });
}

function load(form: HTMLFormElement, box: HTMLElement): void {
  const script = make("script", { async: true });
  script.onerror = () => tell(box, say("The test for people could not be loaded. Something may block it; please load the page again."));
  script.src = box.dataset["script"] ?? "";
  document.head.append(script);
  const key = box.dataset["execute"];
  if (!key) return;
  hold(form, box, async () => {
    const provider = (window as unknown as { grecaptcha: Provider }).grecaptcha;
    await new Promise<void>((resolve) => provider.ready(resolve));
    const token = await provider.execute(key, { action: box.dataset["action"] ?? "" });
    find<HTMLInputElement>("[name=g-recaptcha-response]", box)!.value = token;
  });
}

const box = find("[data-captcha]");
const form = box?.closest("form");
if (box && form) (box.dataset["puzzle"] ? work : load)(form, box);
