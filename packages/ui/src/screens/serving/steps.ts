/** Rising shares above 0 and up to 100 percent, as fractions; null when the text is anything else. */
export const readSteps = (text: string): number[] | null => {
  const shares = text
    .split(/[\s,;%]+/)
    .filter(Boolean)
    .map((word) => Number(word) / 100);
  const fine = shares.every(
    (share, index) => share > 0 && share <= 1 && (index === 0 || share > (shares[index - 1] as number)),
  );
  return fine && shares.length > 0 && shares.length <= 20 ? shares : null;
};
