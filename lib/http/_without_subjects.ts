/**
 * Takes subject ids out of a message, because names and contents of stored objects hold them and a log must not.
 *
 * @param text What an error says.
 * @param subject The subject that the request is about, where its handler said so; taken out wherever it stands.
 */
export function withoutSubjects(text: string, subject?: string): string {
  const known = text.replace(/subjects([/\\]+)[^/\\"\s]+/g, "subjects$1…").replace(/subject "[^"]*"/g, 'subject "…"');
  if (subject === undefined) return known;
  const id = subject.replace(/[.]/g, "\\.");
  return known.replace(new RegExp(`(?<![A-Za-z0-9_-])${id}(?![A-Za-z0-9_-])`, "g"), "…");
}
