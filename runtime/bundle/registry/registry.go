package registry

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/content/oci"
	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry"
	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/credentials"
	"oras.land/oras-go/v2/registry/remote/errcode"
	"oras.land/oras-go/v2/registry/remote/retry"

	"github.com/cbscript/cbscript/runtime/bundle"
)

// The media types of what a registry holds.
const (
	artifactType  = "application/vnd.cbscript.bundle.v1"
	bundleType    = "application/vnd.cbscript.bundle.v1.tar"
	signatureType = "application/vnd.cbscript.bundle.v1.minisig"
)

const (
	maxManifest  = 1 << 20
	maxSignature = 4 << 10
	maxTagPages  = 100
)

// Options say how a registry is reached. The zero value reaches directories, and registries that ask for no credentials.
type Options struct {
	// DockerConfig is the file of docker's configuration, in which docker login keeps credentials, or names the program that
	// does. It need not exist.
	DockerConfig string
	UserAgent    string       // empty means that of oras
	Client       *http.Client // nil means one that uses the environment's proxies and tries again after temporary errors
}

// A Registry is a place to publish bundles to and to get them from. It is safe for concurrent use.
type Registry struct {
	place  string
	dir    string // of a directory
	client *auth.Client
	plain  bool // http, which is for this machine alone
}

// Open makes a registry of a place: "host/path" or "host:port/path" for an OCI registry, or a directory, which begins with
// "/", "./", "../" or a drive, or has "dir:" before it. Nothing is asked or made yet. Its error is a [*Error].
func Open(place string, o Options) (*Registry, error) {
	if dir, ok := Directory(place); ok {
		return &Registry{place: dir, dir: dir}, nil
	}
	host, _, _ := strings.Cut(place, "/")
	r := &Registry{place: place, plain: isLoopback(host)}
	if _, err := registry.ParseReference(place + "/author/name:1.0.0"); err != nil || strings.Contains(place, "://") {
		if at := strings.LastIndexByte(place, '@'); at >= 0 {
			place = "..." + place[at:] // before it may stand a password
		}
		return nil, &Error{Op: "open", Place: place, Err: errors.New("it is not the address of a registry"),
			Advice: "without scheme, user and tag, as in ghcr.io/acme/cbscript, or a directory as in ./bundles", kind: "UsageError"}
	}
	client := o.Client
	if client == nil {
		client = retry.NewClient()
	}
	r.client = &auth.Client{Client: client, Cache: auth.NewCache()}
	if o.UserAgent != "" {
		r.client.SetUserAgent(o.UserAgent)
	}
	if o.DockerConfig != "" {
		store, err := credentials.NewStore(o.DockerConfig, credentials.StoreOptions{})
		if err != nil {
			return nil, &Error{Op: "read the credentials of registries in " + o.DockerConfig + " for", Place: place, Err: err, Advice: "docker login writes that file", kind: "CredentialError"}
		}
		r.client.Credential = credentials.Credential(store)
	}
	return r, nil
}

// Directory gives the directory that a place names; ok is false when it is the address of an OCI registry.
func Directory(place string) (dir string, ok bool) {
	if dir, ok := strings.CutPrefix(place, "dir:"); ok {
		return dir, true
	}
	slashed := filepath.ToSlash(place)
	if slashed == "." || slashed == ".." || strings.HasPrefix(slashed, "./") || strings.HasPrefix(slashed, "../") ||
		strings.HasPrefix(slashed, "/") || filepath.IsAbs(place) {
		return place, true
	}
	return "", false
}

// isLoopback reports whether a host, with its port, is this machine: the one place where a registry may speak http.
func isLoopback(host string) bool {
	name := host
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		name = host[:i]
	}
	return name == "localhost" || name == "[::1]" || strings.HasPrefix(name, "127.") && strings.Trim(name, "0123456789.") == ""
}

// Place is the address or the directory that Open was given.
func (r *Registry) Place() string { return r.place }

// Found is what a registry has for a reference.
type Found struct {
	Bundle    []byte
	Signature []byte // nil when it was published without
}

// repository opens the bundle's repository for reading.
func (r *Registry) repository(ctx context.Context, name string) (source, error) {
	if err := bundle.CheckName(name); err != nil {
		return nil, err
	}
	if r.client == nil {
		dir := filepath.Join(r.dir, filepath.FromSlash(name))
		if _, err := os.Stat(dir); err != nil {
			return nil, err
		}
		return oci.NewFromFS(ctx, os.DirFS(dir))
	}
	return r.remote(name)
}

func (r *Registry) remote(name string) (*remote.Repository, error) {
	repo, err := remote.NewRepository(path.Join(r.place, name))
	if err != nil {
		return nil, err
	}
	repo.Client, repo.PlainHTTP, repo.TagListMaxPages = r.client, r.plain, maxTagPages
	return repo, nil
}

// Fetch gets a bundle and its signature. Its error is a [*Error]; [errors.Is] finds [fs.ErrNotExist] in it when there is no such bundle, or no such
// version of it.
func (r *Registry) Fetch(ctx context.Context, ref bundle.Ref) (Found, error) {
	found, err := r.fetch(ctx, ref)
	if err != nil {
		return Found{}, r.failed("get "+ref.String(), err)
	}
	return found, nil
}

func (r *Registry) fetch(ctx context.Context, ref bundle.Ref) (Found, error) {
	if err := bundle.CheckVersion(ref.Version); err != nil {
		return Found{}, err
	}
	repo, err := r.repository(ctx, ref.Name)
	if err != nil {
		return Found{}, err
	}
	m, err := fetchManifest(ctx, repo, ref.Version)
	if err != nil {
		return Found{}, err
	}
	var found Found
	for _, layer := range m.Layers {
		into, limit := &found.Bundle, int64(bundle.MaxSize)
		switch layer.MediaType {
		case bundleType:
		case signatureType:
			into, limit = &found.Signature, maxSignature
		default:
			return Found{}, fmt.Errorf("%w: it holds something of the type %q", errNoBundle, layer.MediaType)
		}
		if *into != nil {
			return Found{}, fmt.Errorf("%w: it holds two things of the type %q", errNoBundle, layer.MediaType)
		}
		if layer.Size > limit {
			return Found{}, fmt.Errorf("%w: something of the type %q has %d bytes, at most %d are allowed", errNoBundle, layer.MediaType, layer.Size, limit)
		}
		if *into, err = content.FetchAll(ctx, repo, layer); err != nil {
			return Found{}, err
		}
	}
	if found.Bundle == nil {
		return Found{}, errNoBundle
	}
	return found, nil
}

// errNoBundle says that a tag names something else.
var errNoBundle = errors.New("what is there was not published by cbscript")

// Versions gives the published versions of a bundle, the latest first. Tags that are no versions are left out: they were
// not published by this package. Its error is a [*Error].
func (r *Registry) Versions(ctx context.Context, name string) ([]string, error) {
	var list []string
	repo, err := r.repository(ctx, name)
	if lister, ok := repo.(registry.TagLister); err == nil && ok {
		err = lister.Tags(ctx, "", func(tags []string) error {
			for _, tag := range tags {
				if bundle.CheckVersion(tag) == nil {
					list = append(list, tag)
				}
			}
			return nil
		})
	}
	if err != nil {
		return nil, r.failed("list the versions of "+name, err)
	}
	slices.SortFunc(list, func(a, b string) int { return bundle.CompareVersions(b, a) })
	return list, nil
}

// Publish stores a bundle and its signature, nil for none. published is false when the registry has them already. A
// version that is published with other bytes stays as it is, which is a [*Error]. Of the bundle that is published already
// only the signature can be replaced.
func (r *Registry) Publish(ctx context.Context, b *bundle.Bundle, signature []byte) (published bool, err error) {
	ref := b.Ref()
	there, err := r.fetch(ctx, ref)
	switch {
	case err == nil && !bytes.Equal(there.Bundle, b.Bytes()):
		return false, &Error{Op: "publish " + ref.String(), Place: r.place,
			Err:    fmt.Errorf("that version is published already, with the digest %s instead of %s", bundle.DigestOf(there.Bundle), b.Digest()),
			Advice: "raise the version in meta() and pack again: those who have locked the version would refuse another bundle", kind: kindRegistry}
	case err == nil && (signature == nil || bytes.Equal(there.Signature, signature)):
		return false, nil
	case err != nil && !isMissing(err):
		return false, r.failed("publish "+ref.String(), err)
	}
	if err := r.push(ctx, b, signature); err != nil {
		return false, r.failed("publish "+ref.String(), err)
	}
	return true, nil
}

func (r *Registry) push(ctx context.Context, b *bundle.Bundle, signature []byte) error {
	to, err := r.target(ctx, b.Ref().Name)
	if err != nil {
		return err
	}
	layer, err := pushBlob(ctx, to, bundleType, b.Bytes())
	if err != nil {
		return err
	}
	layers := []ocispec.Descriptor{layer}
	if signature != nil {
		if layer, err = pushBlob(ctx, to, signatureType, signature); err != nil {
			return err
		}
		layers = append(layers, layer)
	}
	return pushManifest(ctx, to, layers, b.Manifest())
}

// target opens the bundle's repository for writing.
func (r *Registry) target(ctx context.Context, name string) (target, error) {
	if r.client == nil {
		dir := filepath.Join(r.dir, filepath.FromSlash(name))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, err
		}
		return oci.NewWithContext(ctx, dir)
	}
	return r.remote(name)
}

func isMissing(err error) bool {
	var response *errcode.ErrorResponse
	if errors.As(err, &response) && response.StatusCode == http.StatusNotFound {
		return true
	}
	return errors.Is(err, errdef.ErrNotFound) || errors.Is(err, fs.ErrNotExist)
}
