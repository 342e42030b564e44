const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A piece of HTML that can stand in another one as it is. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/**
 * A piece of HTML. Texts in it are escaped, for text and for attributes in quotation marks; pieces are not.
 */
export function html(
  { raw }: TemplateStringsArray,
  ...values: readonly (string | Html | readonly Html[])[]
): Html {
  const escaped = values.map((value) =>
    typeof value === 'string'
      ? value.replace(/[&<>"']/g, (found) => ENTITIES[found] ?? '')
      : [value]
          .flat()
          .map(({ text }) => text)
          .join(''),
  );
  return new Html(String.raw({ raw }, ...escaped));
}
