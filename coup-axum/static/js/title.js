// How many unread messages there are, in the tab's title.

const words = document.title;

export function unreadHere(number) {
  document.title = number > 0 ? `(${number > 99 ? "99+" : number}) ${words}` : words;
}
