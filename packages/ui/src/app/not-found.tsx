import { Link } from '@tanstack/react-router';
import { Compass } from 'lucide-react';
import { buttonClass } from '../ui/button.tsx';

export const NotFound = () => (
  <div className="mx-auto flex max-w-md flex-col items-center gap-3 py-16 text-center">
    <Compass aria-hidden size={30} strokeWidth={1.5} className="text-faint" />
    <h1 className="text-xl font-semibold">There is nothing at this address</h1>
    <p className="text-muted">
      The link may be old, or what it named was never here. Press Ctrl K to look for it by name.
    </p>
    <Link to="/" className={buttonClass('primary')}>
      To the overview
    </Link>
  </div>
);
