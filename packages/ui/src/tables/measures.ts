export const rowHeightPx = 34;
