// The one place where text becomes markup: fragments that this site's own server rendered, and files that the build listed.

interface TrustedPolicy {
  createHTML(text: string): string;
  createScriptURL(path: string): string;
}

interface TrustedTypes {
  createPolicy(name: string, rules: TrustedPolicy): TrustedPolicy;
}

const rules: TrustedPolicy = {
  createHTML: (text) => text,
  createScriptURL: (path) => {
    if (!/^\/site\/[a-z0-9.-]+\.js$/.test(path)) throw new TypeError(`${path} is no script of this site`);
    return path;
  },
};

const types = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
const policy = types ? types.createPolicy("hm3", rules) : rules;

/** The elements of a fragment that our own fetch brought. Scripts in it never run. */
export function elementsOf(html: string): DocumentFragment {
  const template = document.createElement("template");
  template.innerHTML = policy.createHTML(html);
  return template.content;
}

/** A document of our own server's, under the rules of another one that it is to be put into. Nothing in it runs or is loaded. */
export function documentIn(place: Document, html: string): Document {
  const { DOMParser } = place.defaultView as Window & typeof globalThis;
  return new DOMParser().parseFromString(policy.createHTML(html), "text/html");
}

const loaded = new Map<string, Promise<unknown>>();

/** Load a script that the build listed, only if its content has the listed hash, and give what it exports. */
export function loadScript<Exports>(file: { path: string; integrity: string }): Promise<Exports> {
  const before = loaded.get(file.path);
  if (before) return before as Promise<Exports>;
  const loading = verified(file).then(() => import(file.path));
  loaded.set(file.path, loading);
  loading.catch(() => loaded.delete(file.path));
  return loading as Promise<Exports>;
}

/** A module script that passed its integrity check stays in the module map, from which `import` then takes it. */
function verified(file: { path: string; integrity: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.type = "module";
    script.integrity = file.integrity;
    script.src = policy.createScriptURL(file.path);
    script.onload = () => resolve();
    script.onerror = () => {
      script.remove();
      reject(new Error(`${file.path} could not be loaded`));
    };
    document.head.append(script);
  });
}
