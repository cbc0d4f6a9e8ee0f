import assert from "node:assert/strict";
import { test } from "node:test";
import { html, raw, scriptJson } from "../../src/report/html.ts";

test("values are escaped in text and in attributes, markup of html is not", () => {
  const evil = `<script>alert("1")</script> & 'x'`;
  const escaped = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;";
  assert.equal(html`<p title="${evil}">${evil}</p>`.html, `<p title="${escaped}">${escaped}</p>`);
  assert.equal(html`<p>${html`<b>${"<"}</b>`}${raw("<br>")}</p>`.html, "<p><b>&lt;</b><br></p>");
});

test("null, undefined and false leave nothing; 0 and arrays are printed", () => {
  assert.equal(
    html`[${null}${undefined}${false}${0}${["a", html`<i>${"&"}</i>`, [1, 2]]}]`.html,
    "[0a<i>&amp;</i>12]",
  );
});

test("right-to-left marks and ten thousand characters pass unchanged", () => {
  const text = `\u202Eabc\u200F${"ö".repeat(10_000)}`;
  assert.equal(html`${text}`.html, text);
});

test("JSON in a script element can neither end it nor break a line, and reads back", () => {
  const value = { text: "</script><!-- <script> \u2028\u2029 \\ \" '", list: [1, null] };
  const { html: json } = scriptJson(value);
  assert.doesNotMatch(json, /[<>\u2028\u2029]/);
  assert.deepEqual(JSON.parse(json), value);
});
