// Judges the log of a Selvedge site with the Go project's own transparency
// log packages (golang.org/x/mod/sumdb/note and tlog, as Debian ships them).
// Nothing here was taken from Selvedge: file names, entry lines and the order
// of the proof file are those of C2SP tlog-tiles, tlog-checkpoint and
// tlog-proof; hashing, trees and signatures are the packages'.
//
//	tlog FOLDER [--cases FILE]
//
// FOLDER is a site folder or a built site. One JSON line per case comes out:
// {"case": name, "accept": bool, "why": text}. A case of FILE (JSON lines)
// lays changed files over the folder: {"name": …, "files": {path: base64}}.
package main

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8 // C2SP tlog-tiles: every tile is 256 hashes wide

// One question: the folder, with these files laid over it. `Proofs` names
// proofs and what they prove when they do not stand beside a record; `Plain`
// says that entries are not Selvedge's lines (other people's test logs). With a
// quorum, every head in log/heads has to be cosigned by that many of the witnesses.
type kase struct {
	Name   string            `json:"name"`
	Files  map[string][]byte `json:"files"`
	Proofs []struct {
		File string `json:"file"`
		Leaf []byte `json:"leaf"`
	} `json:"proofs"`
	Plain     bool     `json:"plain"`
	Witnesses []string `json:"witnesses"`
	Quorum    int      `json:"quorum"`
}

type verdict struct {
	Case   string `json:"case"`
	Accept bool   `json:"accept"`
	Why    string `json:"why"`
}

// A folder with a case laid over it.
type site struct {
	root string
	over map[string][]byte
}

func (s site) read(path string) ([]byte, error) {
	if data, ok := s.over[path]; ok {
		return data, nil
	}
	return os.ReadFile(filepath.Join(s.root, filepath.FromSlash(path)))
}

// The first of several places where a published file may stand.
func (s site) readAny(paths ...string) ([]byte, error) {
	for _, path := range paths {
		if data, err := s.read(path); err == nil {
			return data, nil
		}
	}
	return nil, fmt.Errorf("none of %v", paths)
}

func (s site) records() []string {
	found, _ := filepath.Glob(filepath.Join(s.root, "records", "*.json"))
	var ids []string
	for _, path := range found {
		ids = append(ids, strings.TrimSuffix(filepath.Base(path), ".json"))
	}
	sort.Strings(ids)
	return ids
}

// Opens a checkpoint: a note signed by the log's key whose name is the origin.
func openCheckpoint(data []byte, key note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open(data, note.VerifierList(key))
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("checkpoint: %w", err)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return tlog.Tree{}, errors.New("checkpoint: not origin, size, root")
	}
	if lines[0] != key.Name() {
		return tlog.Tree{}, fmt.Errorf("checkpoint: origin %q", lines[0])
	}
	size, err := decimal(lines[1])
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("checkpoint: size: %w", err)
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("checkpoint: root: %w", err)
	}
	return tlog.Tree{N: size, Hash: root}, nil
}

func decimal(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != text {
		return 0, fmt.Errorf("%q is not a plain decimal number", text)
	}
	return n, nil
}

// C2SP puts tiles at tile/<L>/<N>, the Go checksum database at tile/8/<L>/<N>.
func tilePath(t tlog.Tile) string {
	return "log/tile/" + strings.TrimPrefix(t.Path(), "tile/8/")
}

func bundlePath(n int64, width int) string {
	t := tlog.Tile{H: height, L: -1, N: n, W: width}
	return "log/tile/entries/" + strings.TrimPrefix(t.Path(), "tile/8/data/")
}

type tiles struct{ site site }

func (t tiles) Height() int                     { return height }
func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}
func (t tiles) ReadTiles(want []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range want {
		data, err := t.site.read(tilePath(tile))
		if err != nil {
			return nil, err
		}
		if len(data) != tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%s: %d bytes", tilePath(tile), len(data))
		}
		all = append(all, data)
	}
	return all, nil
}

// Entries of one bundle, each behind its length as two bytes, big-endian.
func entries(data []byte) ([][]byte, error) {
	var all [][]byte
	for len(data) > 0 {
		if len(data) < 2 {
			return nil, errors.New("a length is cut short")
		}
		n := int(binary.BigEndian.Uint16(data))
		if len(data) < 2+n {
			return nil, errors.New("an entry is cut short")
		}
		all = append(all, data[2:2+n])
		data = data[2+n:]
	}
	return all, nil
}

var entryLine = regexp.MustCompile(`^selvedge\.(record/1 sha256:[0-9a-f]{64}|did/1 [0-9]+-[1-9A-HJ-NP-Za-km-z]+)\n$`)

// Reads every entry and compares its hash with the tree that was signed.
func readLog(s site, tree tlog.Tree, plain bool) (map[string]int64, tlog.HashReader, error) {
	reader := tlog.TileHashReader(tree, tiles{s})
	if root, err := tlog.TreeHash(tree.N, reader); err != nil {
		return nil, nil, fmt.Errorf("tiles: %w", err)
	} else if root != tree.Hash {
		return nil, nil, errors.New("tiles: another root than the checkpoint's")
	}
	index := map[string]int64{}
	for n := int64(0); n*256 < tree.N; n++ {
		width := tree.N - n*256
		if width > 256 {
			width = 256
		}
		path := bundlePath(n, int(width))
		data, err := s.read(path)
		if err != nil {
			return nil, nil, err
		}
		bundle, err := entries(data)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", path, err)
		}
		if int64(len(bundle)) != width {
			return nil, nil, fmt.Errorf("%s: %d entries, not %d", path, len(bundle), width)
		}
		var at []int64
		for i := range bundle {
			at = append(at, tlog.StoredHashIndex(0, n*256+int64(i)))
		}
		hashes, err := reader.ReadHashes(at)
		if err != nil {
			return nil, nil, fmt.Errorf("tiles: %w", err)
		}
		for i, entry := range bundle {
			if tlog.RecordHash(entry) != hashes[i] {
				return nil, nil, fmt.Errorf("%s: entry %d has another hash in its tile", path, i)
			}
			if !plain && !entryLine.Match(entry) {
				return nil, nil, fmt.Errorf("%s: entry %d is %q", path, i, entry)
			}
			if first, twice := index[string(entry)]; twice && !plain {
				return nil, nil, fmt.Errorf("%s: entry %d repeats entry %d", path, i, first)
			}
			index[string(entry)] = n*256 + int64(i)
		}
	}
	return index, reader, nil
}

// Checks one c2sp.org/tlog-proof@v1 file for the entry that it is about.
func checkProof(data, entry []byte, key note.Verifier) (int64, tlog.Tree, error) {
	none := tlog.Tree{}
	head, checkpoint, found := bytes.Cut(data, []byte("\n\n"))
	if !found {
		return 0, none, errors.New("no blank line before the checkpoint")
	}
	lines := strings.Split(string(head), "\n")
	if lines[0] != "c2sp.org/tlog-proof@v1" {
		return 0, none, fmt.Errorf("first line %q", lines[0])
	}
	lines = lines[1:]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		if _, err := base64.StdEncoding.DecodeString(lines[0][len("extra "):]); err != nil {
			return 0, none, errors.New("extra line is not base64")
		}
		lines = lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		return 0, none, errors.New("no index line")
	}
	index, err := decimal(strings.TrimPrefix(lines[0], "index "))
	if err != nil {
		return 0, none, err
	}
	var proof tlog.RecordProof
	for _, line := range lines[1:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return 0, none, fmt.Errorf("hash line %q: %w", line, err)
		}
		proof = append(proof, hash)
	}
	tree, err := openCheckpoint(checkpoint, key)
	if err != nil {
		return 0, none, err
	}
	if index >= tree.N {
		return 0, none, errors.New("index beyond the tree")
	}
	return index, tree, tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry))
}

// A witness's key: C2SP tlog-cosignature, Ed25519. The package knows type 0x01
// only, so what is signed is put together here and verified by crypto/ed25519.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func newWitness(vkey string) (witness, error) {
	none := witness{}
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return none, errors.New("witness key: not three parts")
	}
	data, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(data) != 1+ed25519.PublicKeySize || data[0] != 4 {
		return none, errors.New("witness key: not of type 4")
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), data...))
	if fmt.Sprintf("%x", sum[:4]) != parts[1] {
		return none, errors.New("witness key: another key id")
	}
	return witness{parts[0], binary.BigEndian.Uint32(sum[:4]), data[1:]}, nil
}

func (w witness) Name() string    { return w.name }
func (w witness) KeyHash() uint32 { return w.hash }
func (w witness) Verify(text, blob []byte) bool {
	if len(blob) != 8+ed25519.SignatureSize {
		return false
	}
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(blob), text)
	return ed25519.Verify(w.key, []byte(signed), blob[8:])
}

// Checks that every head in log/heads is the log's, cosigned by the quorum, and a
// beginning of the log.
func checkHeads(s site, c kase, key note.Verifier, tree tlog.Tree, reader tlog.HashReader) error {
	known := []note.Verifier{key}
	for _, vkey := range c.Witnesses {
		w, err := newWitness(vkey)
		if err != nil {
			return err
		}
		known = append(known, w)
	}
	found, _ := filepath.Glob(filepath.Join(s.root, "log/heads/*/checkpoint"))
	if len(found) == 0 {
		return errors.New("no kept head")
	}
	for _, path := range found {
		size := filepath.Base(filepath.Dir(path))
		path = "log/heads/" + size + "/checkpoint"
		data, err := s.read(path)
		if err != nil {
			return err
		}
		then, err := openCheckpoint(data, key)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		opened, err := note.Open(data, note.VerifierList(known...))
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if len(opened.Sigs)-1 < c.Quorum { // one of them is the log's
			return fmt.Errorf("%s: %d cosignatures", path, len(opened.Sigs)-1)
		}
		if fmt.Sprint(then.N) != size {
			return fmt.Errorf("%s: size %d", path, then.N)
		}
		proof, err := tlog.ProveTree(tree.N, then.N, reader)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, then.N, then.Hash); err != nil {
			return fmt.Errorf("%s: of another history: %w", path, err)
		}
	}
	return nil
}

func judge(root string, c kase) error {
	s := site{root, c.Files}
	text, err := s.readAny("log.vkey", "identity/log.vkey")
	if err != nil {
		return err
	}
	key, err := note.NewVerifier(strings.TrimSuffix(string(text), "\n"))
	if err != nil {
		return fmt.Errorf("log.vkey: %w", err)
	}
	checkpoint, err := s.read("log/checkpoint")
	if err != nil {
		return err
	}
	tree, err := openCheckpoint(checkpoint, key)
	if err != nil {
		return err
	}
	index, reader, err := readLog(s, tree, c.Plain)
	if err != nil {
		return err
	}

	if c.Quorum > 0 {
		if err := checkHeads(s, c, key, tree, reader); err != nil {
			return err
		}
	}

	type claim struct {
		file  string
		entry []byte
	}
	var claims []claim
	for _, p := range c.Proofs {
		claims = append(claims, claim{p.File, p.Leaf})
	}
	for _, id := range s.records() {
		body, err := s.read("records/" + id + ".json")
		if err != nil {
			return err
		}
		entry := fmt.Sprintf("selvedge.record/1 sha256:%x\n", sha256.Sum256(body))
		claims = append(claims, claim{"records/" + id + ".tlog-proof", []byte(entry)})
	}
	if len(claims) == 0 {
		return errors.New("nothing to judge: no record and no proof")
	}
	for _, claim := range claims {
		at, logged := index[string(claim.entry)]
		if !logged {
			return fmt.Errorf("%s: not in the log", claim.file)
		}
		data, err := s.read(claim.file)
		if err != nil {
			return err
		}
		proved, then, err := checkProof(data, claim.entry, key)
		if err != nil {
			return fmt.Errorf("%s: %w", claim.file, err)
		}
		if proved != at && !c.Plain {
			return fmt.Errorf("%s: proves index %d, logged at %d", claim.file, proved, at)
		}
		if then.N > tree.N {
			return fmt.Errorf("%s: newer than the log's checkpoint", claim.file)
		}
		// The checkpoint in the proof must be an earlier state of the same log.
		if then.N < tree.N {
			path, err := tlog.ProveTree(tree.N, then.N, reader)
			if err != nil {
				return err
			}
			if err := tlog.CheckTree(path, tree.N, tree.Hash, then.N, then.Hash); err != nil {
				return fmt.Errorf("%s: checkpoint of another history: %w", claim.file, err)
			}
		} else if then.Hash != tree.Hash {
			return fmt.Errorf("%s: same size, another root", claim.file)
		}
	}
	return nil
}

func readCases(path string) ([]kase, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var all []kase
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 1<<26)
	for lines.Scan() {
		var c kase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, lines.Err()
}

func main() {
	fail := func(err error) {
		fmt.Fprintln(os.Stderr, "tlog:", err)
		os.Exit(2)
	}
	if len(os.Args) != 2 && (len(os.Args) != 4 || os.Args[2] != "--cases") {
		fail(errors.New("usage: tlog FOLDER [--cases FILE]"))
	}
	cases := []kase{{Name: "as it stands"}}
	if len(os.Args) == 4 {
		var err error
		if cases, err = readCases(os.Args[3]); err != nil {
			fail(err)
		}
	}
	out := json.NewEncoder(os.Stdout)
	refused := false
	for _, c := range cases {
		v := verdict{c.Name, true, ""}
		if err := judge(os.Args[1], c); err != nil {
			v.Accept, v.Why = false, err.Error()
			refused = true
		}
		if err := out.Encode(v); err != nil {
			fail(err)
		}
	}
	if refused && len(os.Args) == 2 {
		os.Exit(1)
	}
}
