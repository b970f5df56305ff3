// Between plain and rich text: lines to blocks and quotes, and back.

const BLOCK = /^(?:ADDRESS|ARTICLE|BLOCKQUOTE|CENTER|DD|DIV|DL|DT|FIGURE|FOOTER|H[1-6]|HEADER|HR|LI|OL|P|PRE|SECTION|TABLE|TBODY|TR|UL)$/;

/** Plain text as HTML: a block each line, quoted lines in quotes. */
export function fromText(text: string): string {
  let [html, depth] = ["", 0];
  for (const line of text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n")) {
    const quoted = /^(?:> ?)*/.exec(line)?.[0] ?? "";
    const wanted = quoted.replace(/ /g, "").length;
    for (; depth < wanted; depth += 1) html += "<blockquote>";
    for (; depth > wanted; depth -= 1) html += "</blockquote>";
    html += `<div>${escaped(line.slice(quoted.length)) || "<br>"}</div>`;
  }
  return html + "</blockquote>".repeat(depth);
}

/** What is shown, as plain text: quotes with >, lists with their marks, links with their addresses. */
export function toText(place: HTMLElement): string {
  return lines(place).join("\n").replace(/\u200b/g, "").replace(/\n{3,}/g, "\n\n").replace(/\u00a0/g, " ").replace(/[ \t]+$/gm, (blank, at: number, whole: string) => (whole.slice(at - 2, at) === "--" ? blank.slice(0, 1) : ""));
}

function lines(element: Element): string[] {
  const found: string[] = [];
  let open = "";
  let begun = false;
  const finish = () => {
    if (begun) found.push(open);
    [open, begun] = ["", false];
  };
  for (const node of element.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) {
      const text = inPre(element) ? (node.textContent ?? "") : (node.textContent ?? "").replace(/[ \t\r\n]+/g, " ");
      if (begun || text.trim()) [open, begun] = [open + (begun ? text : text.trimStart()), true];
    } else if (node instanceof Element) {
      if (node.tagName === "BR") {
        begun = true;
        finish();
      } else if (BLOCK.test(node.tagName)) {
        finish();
        found.push(...block(node));
      } else {
        const inner = inline(node);
        open += inner[0] ?? "";
        begun ||= inner.length > 0;
        for (const line of inner.slice(1)) {
          finish();
          [open, begun] = [line, true];
        }
      }
    }
  }
  finish();
  return found;
}

function block(element: Element): string[] {
  const inner = lines(element);
  switch (element.tagName) {
    case "BLOCKQUOTE":
      return inner.map((line) => (line.startsWith(">") ? `>${line}` : `> ${line}`));
    case "LI": {
      const list = element.parentElement;
      const mark = list?.tagName === "OL" ? `${[...list.children].indexOf(element) + 1}. ` : "- ";
      return inner.map((line, position) => (position ? "  " : mark) + line);
    }
    case "HR":
      return ["----------"];
    case "P":
      return [...inner, ""];
    case "TR":
      return [[...element.children].map((cell) => lines(cell).join(" ")).join("\t")];
    default:
      return inner;
  }
}

function inline(element: Element): string[] {
  if (element.tagName === "IMG") return [element.getAttribute("alt") ? `[${element.getAttribute("alt")}]` : ""];
  const inner = lines(element);
  const address = element.tagName === "A" ? (element.getAttribute("href") ?? "") : "";
  const said = inner.join(" ").trim();
  if (!/^https?:/.test(address) || said === address || said === address.replace(/^https?:\/\//, "").replace(/\/$/, "")) return inner;
  return [...inner.slice(0, -1), `${inner.at(-1) ?? ""} <${address}>`];
}

function inPre(element: Element): boolean {
  return element.closest("pre") !== null;
}

function escaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/ {2}/g, " \u00a0");
}
