// Package scriptfiles reads the files that lie beside a script.
//
// [Open] and [Dir] read regular files only: a pipe that nobody writes to, or a device that never ends, must not hold up who
// looks at a script. [Root] gives the modules of one script, and the same bytes for as long as it is open, so that what was
// checked is what is compiled.
package scriptfiles
