import type { PreparedCalibration } from '../prepare/calibration.ts';
import { ChartFrame } from './chart-frame.tsx';

const size = 240;
const pad = 42;
const place = (share: number) => share * (size - 2 * pad);

/** Predicted against observed; the dashed diagonal is perfect. The area of a point is its share of rows. */
export const CalibrationChart = ({ title, prepared }: { title: string; prepared: PreparedCalibration }) => (
  <ChartFrame title={title} prepared={prepared} height={size}>
    <svg aria-hidden viewBox={`0 0 ${size} ${size}`} width={size} height={size} className="text-2xs">
      {[0, 0.5, 1].map((at) => (
        <g key={at} fill="var(--muted)">
          <line x1={pad} x2={size - pad} y1={size - pad - place(at)} y2={size - pad - place(at)} stroke="var(--line)" />
          <text x={pad - 5} y={size - pad - place(at) + 4} textAnchor="end">
            {at * 100} %
          </text>
          <text x={pad + place(at)} y={size - pad + 15} textAnchor="middle">
            {at * 100} %
          </text>
        </g>
      ))}
      <line x1={pad} y1={size - pad} x2={size - pad} y2={pad} stroke="var(--reference)" strokeDasharray="4 4" />
      {prepared.lines.map((line, index) => (
        <g key={index}>
          <polyline
            points={line.map((point) => `${pad + place(point.x)},${size - pad - place(point.y)}`).join(' ')}
            fill="none"
            stroke="var(--series-1)"
            strokeWidth={2}
          />
          {line.map((point) => (
            <circle
              key={point.x}
              cx={pad + place(point.x)}
              cy={size - pad - place(point.y)}
              r={3 + 8 * point.size}
              fill="var(--series-1)"
              fillOpacity={0.6}
            />
          ))}
        </g>
      ))}
    </svg>
  </ChartFrame>
);
