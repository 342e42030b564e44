import { useData, withBase } from 'vitepress';
import DefaultTheme from 'vitepress/theme';
import { h } from 'vue';
import './style.css';

/** A link to the Markdown of the page, which is beside its HTML. */
const AsMarkdown = {
  setup() {
    const { page } = useData();
    return () =>
      page.value.isNotFound
        ? undefined
        : h('p', { class: 'as-markdown' }, [
            h(
              'a',
              { href: withBase(`/${page.value.relativePath}`), target: '_self' },
              'This page as Markdown',
            ),
          ]);
  },
};

export default {
  extends: DefaultTheme,
  Layout: () => h(DefaultTheme.Layout, undefined, { 'doc-footer-before': () => h(AsMarkdown) }),
};
