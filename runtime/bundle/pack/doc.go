// Package pack makes bundles of directories of scripts, and reviews those that others have made.
//
//	b, _, err := pack.Dir(ctx, "hunts", pack.Options{Check: check.Options{Surface: servers.NewSurface()}, Tests: tests})
//	err = os.WriteFile("hunts.tar", b.Bytes(), 0o644)
//
// A directory becomes a bundle when the check of package check has no error in any of its files, when all of its tests
// pass, and when one of its scripts declares the bundle by meta(name=, version=, author=, description=, needs=). The
// bundle holds every file of the directory: one that it cannot hold is an error, never left out.
package pack
