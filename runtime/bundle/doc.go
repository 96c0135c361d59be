// Package bundle is the format of community modules, and the way from a stored bundle to the files that a script loads.
//
// A bundle is a directory of scripts as one sequence of bytes: an uncompressed tar file with the [Manifest] first and the
// files after it. There is one way only to write a bundle, and [Read] accepts no other: it writes what it has read again
// and compares. So two readers of a bundle cannot see different files in it, and the same directory always gives the same
// bytes. The [Digest] is that of the bytes, and so is the signature, which stands in a file of its own in the format of
// minisign.
//
// Installed bundles lie in a [Store], by their digests. A [Lock] says which digest a name stands for, a [Trust] whose
// signatures count. The only way from these to something that can be run is [Loader.Load]:
//
//	l := bundle.Loader{Store: bundle.NewStore(dir), Lock: lock, Trust: trust}
//	b, verdict, err := l.Load("acme/hunts")
//
// It reads the bundle, compares its digest with the locked one, checks the signature, and gives out files that are the
// very bytes it has checked, in memory. Nothing is unpacked to disk, and no verdict is kept: the next run checks again.
//
// Package runtime/bundle/pack makes bundles of directories, runtime/bundle/registry moves them.
package bundle
