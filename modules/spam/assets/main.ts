// New mail is looked through for spam after the list is shown, and again when more came.

import { whenIdle } from "../../../core/assets/dom";
import { post } from "../../../core/assets/net";
import { tell, toast } from "../../../core/assets/toast";
import { say } from "../../../core/assets/words";
import { look } from "../../mail/assets/changes";
import { current } from "../../mail/assets/pages";

interface Sifted {
  moved: number;
  more: boolean;
  text: string;
  undo: { path: string; fields: [string, string][] } | null;
}

const MOST_IN_A_ROW = 20;
let busy = false;

async function sift(): Promise<void> {
  const list = current();
  if (busy || list?.role !== "inbox") return;
  busy = true;
  try {
    let moved = 0;
    for (let round = 0; round < MOST_IN_A_ROW; round++) {
      const sifted = await post<Sifted>(`${list.path}sift`, [], { background: true });
      moved += sifted.moved;
      const { undo } = sifted;
      if (sifted.moved) toast(sifted.text, undo ? () => takeBack(undo) : undefined);
      if (!sifted.more) break;
    }
    if (moved) await look();
  } catch (error) {
    // The mail is there all the same; the next look at it tries again.
    console.warn(error);
  } finally {
    busy = false;
  }
}

async function takeBack(undo: NonNullable<Sifted["undo"]>): Promise<void> {
  try {
    await post(undo.path, undo.fields);
    toast(say("Undone."));
    await look();
  } catch (error) {
    tell(error);
  }
}

if (current()) {
  whenIdle(() => void sift());
  document.addEventListener("mail:new", () => void sift());
}
