/** The import that is being prepared in an app: one at a time, kept while the app is open. */
import { createFileChecker } from "#lib/import/file-checker.ts";
import { uploadContacts } from "#lib/import/upload.ts";
import type { App } from "#lib/state/app-context.ts";
import { ImportForm } from "./import-form.svelte.ts";

const forms = new WeakMap<App, ImportForm>();

export function importFormOf(app: App): ImportForm {
  const known = forms.get(app);
  if (known !== undefined) return known;
  const form = new ImportForm({
    checker: createFileChecker(),
    upload: uploadContacts,
    now: () => app.now(),
    newKey: () => `import-${app.now()}-${performance.now()}`,
  });
  forms.set(app, form);
  return form;
}
