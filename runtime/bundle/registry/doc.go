// Package registry publishes bundles to a registry and gets them from one.
//
// A registry is whatever speaks the protocol of OCI registries, which every organisation with containers has, or a plain
// directory, in the image layout of OCI: on a share, or in a repository. Both are used through oras, so that they hold
// the same things. The bundle author/name is the repository of that name below the registry's own path, a version is a tag
// there, and the tag's manifest names the bundle and its signature, if it has one:
//
//	r, err := registry.Open("ghcr.io/acme/cbscript", registry.Options{DockerConfig: file})
//	found, err := r.Fetch(ctx, bundle.Ref{Name: "acme/hunts", Version: "1.2.0"})
//
// What a registry gives is checked for the digests of the registry's own manifest only. Whether it is the right bundle is
// for [bundle.Loader.Accept].
package registry
