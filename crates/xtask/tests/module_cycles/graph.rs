//! The graph of a crate's files, and its cycles.

use super::modules::Crate;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

/// The edges of each file: the file that it uses, and the name of one item that it uses there.
pub(crate) struct Graph {
    files: Vec<String>,
    edges: Vec<BTreeMap<usize, String>>,
}

impl Graph {
    /// Resolves every name of the crate.
    pub(crate) fn new(crate_: &Crate) -> Self {
        let mut edges = vec![BTreeMap::new(); crate_.files.len()];
        for (from, to, name) in crate_.dependencies() {
            edges[from].entry(to).or_insert(name);
        }
        Self { files: crate_.files.clone(), edges }
    }

    /// Returns the shortest cycle of each strongly connected component as text.
    pub(crate) fn cycles(&self) -> Vec<String> {
        let mut reported = BTreeSet::new();
        let mut cycles = Vec::new();
        for file in 0..self.files.len() {
            let reachable = self.reachable(file);
            if reported.contains(&file) || !reachable.contains(&file) {
                continue;
            }
            let component: BTreeSet<_> =
                reachable.into_iter().filter(|other| self.reachable(*other).contains(&file)).collect();
            let shortest = component.iter().filter_map(|start| self.cycle_from(*start)).min_by_key(Vec::len);
            if let Some(cycle) = shortest {
                cycles.push(format!("{} files in a cycle: {}", component.len(), self.describe(&cycle)));
            }
            reported.extend(component);
        }
        cycles
    }

    fn reachable(&self, from: usize) -> BTreeSet<usize> {
        let mut seen = BTreeSet::new();
        let mut queue = vec![from];
        while let Some(file) = queue.pop() {
            queue.extend(self.edges[file].keys().filter(|next| seen.insert(**next)));
        }
        seen
    }

    /// Returns the shortest path from a file back to itself, by a breadth-first search.
    fn cycle_from(&self, start: usize) -> Option<Vec<usize>> {
        let mut previous = HashMap::new();
        let mut queue = VecDeque::from([start]);
        while let Some(file) = queue.pop_front() {
            for next in self.edges[file].keys() {
                if *next == start {
                    let mut path = vec![start];
                    let mut at = file;
                    while at != start {
                        path.push(at);
                        at = previous[&at];
                    }
                    path.push(start);
                    path.reverse();
                    return Some(path);
                }
                if !previous.contains_key(next) {
                    previous.insert(*next, file);
                    queue.push_back(*next);
                }
            }
        }
        None
    }

    fn describe(&self, cycle: &[usize]) -> String {
        let mut text = self.files[cycle[0]].clone();
        for pair in cycle.windows(2) {
            let name = &self.edges[pair[0]][&pair[1]];
            text.push_str(&format!(" → {} ({name})", self.files[pair[1]]));
        }
        text
    }
}
