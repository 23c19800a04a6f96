/** Rows of text, the first of them the head. */
export const CellTable = ({ rows: [head = [], ...rows], label }: { rows: readonly string[][]; label: string }) => (
  <div tabIndex={0} role="region" aria-label={label} className="max-h-[55vh] overflow-auto rounded border border-line">
    <table className="w-full text-xs tabular-nums">
      <thead className="sticky top-0 bg-sunken text-left">
        <tr>
          {head.map((cell, at) => (
            <th key={at} scope="col" className="px-2 py-1 font-medium whitespace-nowrap">
              {cell}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <tr key={index} className="border-t border-line">
            {row.map((cell, at) => (
              <td key={at} className="max-w-60 truncate px-2 py-0.5" title={cell}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
