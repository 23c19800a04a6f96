/** The mark of the product: the loop that closes. */
export const Mark = ({ size = 24 }: { size?: number }) => (
  <img src="/favicon.svg" alt="" width={size} height={size} className="shrink-0" />
);
