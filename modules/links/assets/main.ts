// The page before a link leads away: its address can be copied.

import { add } from "../../../core/assets/commands";
import { find } from "../../../core/assets/dom";
import { toast } from "../../../core/assets/toast";
import { say } from "../../../core/assets/words";

add({
  name: "copy-address",
  label: say("Copy the address"),
  can: () => find("#leaving-address") !== null,
  run: copyAddress,
});

async function copyAddress(): Promise<void> {
  await navigator.clipboard.writeText(find("#leaving-address")?.textContent ?? "");
  toast(say("The address was copied."));
}
