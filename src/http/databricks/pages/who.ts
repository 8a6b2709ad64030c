import { formToken } from "./forms.ts";
import type { Visitor } from "./home.ts";
import { type Html, html } from "./html.ts";
import { form } from "./page.ts";

/** Who is logged in, and the way out. */
export function who({ caller, cookie }: Visitor, to: (path: string) => string): Html {
  const role = caller.isAccountAdmin ? ", an account administrator" : "";
  return html`<p>You are ${caller.name}${role}.</p>
${form({ action: to("/logout"), token: formToken(cookie), body: html`<button>Log out</button>` })}`;
}
