package registry

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry"

	"github.com/cbscript/cbscript/runtime/bundle"
)

// The package oras itself has these too, and more: it takes a third of a millisecond when any program begins that it is
// linked into.

// source is a repository that is read.
type source interface {
	content.ReadOnlyStorage
	content.Resolver
}

// target is a repository that is written to.
type target interface {
	content.Storage
	content.TagResolver
}

// fetchManifest reads the manifest that a tag names.
func fetchManifest(ctx context.Context, from source, tag string) (*ocispec.Manifest, error) {
	d, body, err := openManifest(ctx, from, tag)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	if d.Size > maxManifest {
		return nil, fmt.Errorf("%w: its manifest has %d bytes, at most %d are allowed", errNoBundle, d.Size, maxManifest)
	}
	text, err := content.ReadAll(body, d)
	if err != nil {
		return nil, err
	}
	var m ocispec.Manifest
	if err := json.Unmarshal(text, &m); err != nil || m.ArtifactType != artifactType {
		return nil, errNoBundle
	}
	return &m, nil
}

// openManifest asks a server for a tag in one request, and looks it up in a directory.
func openManifest(ctx context.Context, from source, tag string) (ocispec.Descriptor, io.ReadCloser, error) {
	if server, ok := from.(registry.ReferenceFetcher); ok {
		return server.FetchReference(ctx, tag)
	}
	d, err := from.Resolve(ctx, tag)
	if err != nil {
		return d, nil, err
	}
	body, err := from.Fetch(ctx, d)
	return d, body, err
}

// pushBlob stores data that a manifest is to name.
func pushBlob(ctx context.Context, to target, mediaType string, data []byte) (ocispec.Descriptor, error) {
	d := content.NewDescriptorFromBytes(mediaType, data)
	if there, err := to.Exists(ctx, d); there || err != nil {
		return d, err
	}
	return d, to.Push(ctx, d, bytes.NewReader(data))
}

// pushManifest stores the manifest of a bundle whose layers are there, and tags it. The same bundle gives the same bytes.
//
// Source: the OCI image specification 1.1, "Guidelines for Artifact Usage".
func pushManifest(ctx context.Context, to target, layers []ocispec.Descriptor, m *bundle.Manifest) error {
	empty := ocispec.DescriptorEmptyJSON
	if _, err := pushBlob(ctx, to, empty.MediaType, empty.Data); err != nil {
		return err
	}
	annotations := map[string]string{
		ocispec.AnnotationTitle:       m.Name,
		ocispec.AnnotationVersion:     m.Version,
		ocispec.AnnotationDescription: m.Description,
		ocispec.AnnotationCreated:     "1970-01-01T00:00:00Z", // so that publishing the same again changes nothing
	}
	text, err := json.Marshal(ocispec.Manifest{
		Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageManifest, ArtifactType: artifactType,
		Config: empty, Layers: layers, Annotations: annotations,
	})
	if err != nil {
		return err
	}
	d := content.NewDescriptorFromBytes(ocispec.MediaTypeImageManifest, text)
	d.ArtifactType, d.Annotations = artifactType, annotations
	if err := to.Push(ctx, d, bytes.NewReader(text)); err != nil && !errors.Is(err, errdef.ErrAlreadyExists) {
		return err
	}
	return to.Tag(ctx, d, m.Version)
}
