/** The command that makes runs record themselves. */
export const packageCommand = 'pip install ./clients/python   # then run your training as before';
