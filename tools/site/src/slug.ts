/**
 * The anchor of a heading, as GitHub, GitLab and Gitea make it, so that one link holds on the site and
 * on a forge. What is repeated on a page gets `-1`, `-2` and so on, which is the caller's.
 */
export function slug(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');
}
