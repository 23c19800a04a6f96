import { answersItsChanges } from './play-seeds.ts';

answersItsChanges(Array.from({ length: 10 }, (_unused, index) => 2 * index + 1));
